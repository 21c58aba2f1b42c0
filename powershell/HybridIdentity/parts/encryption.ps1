# How is the client secret encrypted as the account of the MIM Service? By a command that runs as that account and gets the secret through a pipe
# which nobody else may open.
$EncryptionSeconds = 60

# What runs as the account: it holds the name of the pipe, and no secret. Windows PowerShell does not find the class without the first line.
$EncryptionLines = @(
    '[void][System.Reflection.Assembly]::LoadWithPartialName(''System.Security'')'
    '$pipe = [System.IO.Pipes.NamedPipeClientStream]::new(''.'', ''NAME'', ''InOut'')'
    '$pipe.Connect(30000)'
    '$writer = [System.IO.StreamWriter]::new($pipe)'
    '$writer.AutoFlush = $true'
    'trap { $writer.WriteLine(''failed '' + $_.Exception.GetBaseException().Message); exit 1 }'
    '$bytes = [System.Text.Encoding]::Unicode.GetBytes([System.IO.StreamReader]::new($pipe).ReadLine())'
    '$writer.WriteLine(''ok '' + [System.Convert]::ToBase64String([System.Security.Cryptography.ProtectedData]::Protect($bytes, $null, ''CurrentUser'')))'
    '$pipe.WaitForPipeDrain()'
)

# Encrypts the secret of a document where another one has to be put in place: before anything is changed.
function Protect-ClientSecret {
    param($Document)
    foreach ($value in $Document.desired) {
        if (-not (Test-SecretKey $value.key)) { continue }
        Clear-LeftCommand
        if (Test-AsDesired (Get-SecretNotation) $value.notation) { continue }
        if ($ClientSecret.clear.Length -eq 0) {
            throw (Get-Failure 'secret' ('The document declares the client secret ' + $value.notation.Substring(7) + ', and no secret came with it.'))
        }
        $ClientSecret.encrypted = Invoke-Encryption (Get-ServiceLogon)
        $ClientSecret.clear = ''
        $ClientSecret.password = ''
    }
}

# What a killed run left. Where it cannot be deleted, no other one can be made, and that failure says why.
function Clear-LeftCommand {
    try { Clear-AccountCommand }
    catch { Write-Verbose ('The Task Scheduler: ' + $_.Exception.Message) }
}

# The encrypted secret, in Base64.
function Invoke-Encryption {
    param($Logon)
    $name = 'HybridIdentity-' + [guid]::NewGuid().ToString('N')
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    try { $pipe = Open-AccountPipe $name $Logon.sid }
    catch { throw (Get-Failure 'secret' ('No pipe could be made for the account ' + $Logon.account + ': ' + (Get-Reason $_) + '. Nothing was changed.')) }
    try {
        Invoke-AccountCommand $Logon ([string]::Join('; ', $EncryptionLines).Replace('NAME', $name))
        $connected = $pipe.WaitForConnectionAsync()
        Wait-Account $connected $watch $Logon.account
        $writer = [System.IO.StreamWriter]::new($pipe)
        $writer.Write($ClientSecret.clear + "`n")
        $writer.Flush()
        $answer = [System.IO.StreamReader]::new($pipe).ReadLineAsync()
        Wait-Account $answer $watch $Logon.account
        $text = "$($answer.Result)"
    }
    finally {
        $pipe.Dispose()
        Clear-LeftCommand
    }
    $match = [regex]::Match($text, '\Aok ([A-Za-z0-9+/]+={0,2})\z')
    if (-not $match.Success) {
        throw (Get-Failure 'secret' ('The account ' + $Logon.account + ' could not encrypt the secret: ' + (Limit-Text ([regex]::Replace($text, '\Afailed ', ''))) + '. Log the account on once, so that it has a profile, and run again. Nothing was changed.'))
    }
    return $match.Groups[1].Value
}

# Waits until a call has ended, but no longer than what runs as the account.
function Wait-Account {
    param($Call, $Watch, [string]$Account)
    while ([System.Threading.Tasks.Task]::WaitAny([System.Threading.Tasks.Task[]]@($Call), 500) -ne 0) {
        $ended = Get-AccountCommandEnd
        if ($ended.Length -gt 0) {
            throw (Get-TaskFailure ('What runs as ' + $Account + ' has ended without an answer') ([System.Convert]::ToInt32($ended, 16)) 'PowerShell may not start, or may not use .NET, as this account.')
        }
        if ($Watch.ElapsedMilliseconds -gt $EncryptionSeconds * 1000) {
            throw (Get-Failure 'secret' ('What runs as ' + $Account + ' has not answered within ' + $EncryptionSeconds + ' seconds. See the history of tasks in the Task Scheduler of this host. Nothing was changed.'))
        }
    }
    if ($Call.IsFaulted) { throw (Get-Failure 'secret' ('The pipe to what runs as ' + $Account + ' failed: ' + $Call.Exception.GetBaseException().Message + ' Nothing was changed.')) }
}

# A pipe for one client: the account, and not over the network. Windows PowerShell and PowerShell 7 make it in different ways.
function Open-AccountPipe {
    param([string]$Name, [string]$Sid)
    $security = [System.IO.Pipes.PipeSecurity]::new()
    $network = [System.Security.Principal.SecurityIdentifier]::new('S-1-5-2')
    $security.AddAccessRule([System.IO.Pipes.PipeAccessRule]::new($network, [System.IO.Pipes.PipeAccessRights]::FullControl, [System.Security.AccessControl.AccessControlType]::Deny))
    $account = [System.Security.Principal.SecurityIdentifier]::new($Sid)
    $security.AddAccessRule([System.IO.Pipes.PipeAccessRule]::new($account, [System.IO.Pipes.PipeAccessRights]::ReadWrite, [System.Security.AccessControl.AccessControlType]::Allow))
    $both = [System.IO.Pipes.PipeDirection]::InOut
    $bytes = [System.IO.Pipes.PipeTransmissionMode]::Byte
    $options = [System.IO.Pipes.PipeOptions]::Asynchronous
    if ($PSVersionTable.PSVersion.Major -lt 6) { return [System.IO.Pipes.NamedPipeServerStream]::new($Name, $both, 1, $bytes, $options, 8192, 8192, $security) }
    return [System.IO.Pipes.NamedPipeServerStreamAcl]::Create($Name, $both, 1, $bytes, $options, 8192, 8192, $security)
}
