# How does a request or document become one reply?

# One frame on the raw standard output, written at once: 5.1 wraps what goes through the pipeline at the console's width.
function Write-Frame {
    param([System.Collections.IDictionary]$Reply)
    $json = ConvertTo-JsonText $Reply
    $lines = [System.Collections.Generic.List[string]]::new()
    for ($at = 0; $at -lt $json.Length; $at += 3900) { $lines.Add($json.Substring($at, [Math]::Min(3900, $json.Length - $at))) }
    $header = "`nHYBRID-IDENTITY-REPLY 1 " + $json.Length + ' ' + (Get-Sha256 $json)
    $frame = $header + "`n" + [string]::Join("`n", $lines.ToArray()) + "`nHYBRID-IDENTITY-END`n"
    $bytes = [System.Text.Encoding]::ASCII.GetBytes($frame)
    $stream = [System.Console]::OpenStandardOutput()
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Flush()
}

function Add-Observation {
    param($Request, $Reply)
    $owner = Get-TextMember $Request 'owner' '\A[^\x00-\x1f]+\z' $false
    $asked = ConvertFrom-Question $Request
    $values = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    foreach ($key in (Get-ObjectMember $Request 'values' $false).GetEnumerator()) {
        $names = ConvertTo-TextList $key.Value ('values, ' + (Limit-Text $key.Key))
        $values[$key.Key] = Read-PlacedValue $key.Key $names
    }
    $marker = (Read-RegistryValue $RecordKey @('Module'))['Module']
    if ($marker.StartsWith('string:', [System.StringComparison]::Ordinal)) { $marker = $marker.Substring(7) } else { $marker = '' }
    $recorded = @{}
    try {
        $records = [ordered]@{ values = (Read-RecordText 'Values'); documents = (Read-RecordText 'Documents') }
        $recorded = Read-RecordedValue $owner $records.values $values
    }
    catch { $records = 'unknown:' + [regex]::Replace((Get-Reason $_), '\A.* could not be read: denied\z', 'denied') }
    $Reply['facts'] = Get-HostFact
    $Reply['module'] = Get-NewestModule
    $Reply['marker'] = $marker
    $Reply['values'] = $values
    Add-Reading $Request $asked $Reply
    $Reply['records'] = $records
    $Reply['recorded'] = $recorded
}

function Add-Installation {
    param($Request, $Reply)
    $version = Get-TextMember $Request 'version' '\A[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}\z' $false
    $sha256 = Get-TextMember $Request 'sha256' '\A[0-9a-f]{64}\z' $false
    $marker = Get-TextMember $Request 'marker' '\A[\x20-\x7e]{1,200}\z' $false
    if ($Install.psm1.Length -gt 0) { $Request['psm1'] = $Install.psm1 }
    $psm1 = Get-TextMember $Request 'psm1' '\A[\x00-\x7f]+\z' $false
    if (-not $Request.ContainsKey('readers')) { throw (Get-Failure 'malformed' 'readers: missing.') }
    $readers = ConvertTo-TextList $Request['readers'] 'readers'
    Assert-Elevation
    if ((Get-Sha256 ($psm1 + $Manifest)) -cne $sha256) { throw (Get-Failure 'install' 'sha256: the module that arrived has another hash.') }
    $sids = Resolve-Reader $readers
    $mutex = Enter-HostMutex
    try {
        Initialize-RecordKey $sids
        Write-Holder ('install ' + $version)
        $changed = Install-ModuleFile $version $psm1 $sha256
        $removed = Remove-OldModule $version
        if ($Install.psm1.Length -gt 0) { Remove-CopiedModule }
        # Last: a marker tells of a finished install.
        Write-RegistryValue $RecordKey 'Module' ('string:' + $marker)
    }
    finally {
        Exit-HostMutex $mutex
    }
    $Reply['version'] = $version
    $Reply['changed'] = $changed
    $Reply['removed'] = $removed
}

function Add-Enforcement {
    param([string]$Operation, [string]$Text, $Reply)
    Assert-SecretLine
    $document = ConvertFrom-Document $Text
    Limit-Process $document.limitSeconds
    $ServiceWait.seconds = $document.waitSeconds
    $set = $Operation -ceq 'set'
    if ($set -and $document.time.Length -eq 0) {
        throw (Get-Failure 'not observed' ('document ' + $document.document + ': the run did not observe this host, or refused the document, so nothing is enforced. Its other messages say why.'))
    }
    Assert-Elevation
    $run = Get-EmptyRun
    $mutex = Enter-HostMutex
    try {
        if ($set) { Set-Document $document $Text $run } else { Remove-Document $document $run }
    }
    catch {
        $left = Undo-Run $run
        if ($left.Length -gt 0) { (Get-InnerException $_).Data['host'] = 'partly changed: ' + [string]::Join(', ', $left) }
        throw
    }
    finally {
        Exit-HostMutex $mutex
    }
    $Reply['document'] = $document.document
    $Reply['owner'] = $document.owner
    $Reply['time'] = $document.time
    $Reply['written'] = $run.written
    $Reply['released'] = $run.released
    if ($run.restarted.Count -gt 0) { $Reply['restarted'] = $run.restarted }
    if ($null -ne $Setup.answer) { $Reply['setup'] = $Setup.answer }
    foreach ($value in $document.desired) {
        if (-not $set -or -not (Test-CertificateKey $value.key)) { continue }
        if (-not $Reply.Contains('certificates')) { $Reply['certificates'] = [ordered]@{} }
        $Reply['certificates'][$value.name] = Get-CertificateReading $value.name
    }
    $Reply['now'] = Format-Time ([datetime]::UtcNow)
}

# Does what is asked and writes one frame. $Allowed are the operations that a request may name; a document names none, so
# there $Allowed is the operation. Gives an empty text, or why it failed.
function Invoke-Operation {
    param([string[]]$Allowed, [string]$Text)
    Assert-FullLanguage
    $operation = $Allowed[0]
    $reply = [ordered]@{ protocol = 1; operation = $operation; ok = $true }
    $message = ''
    try {
        Assert-Bitness
        if ($operation -ceq 'set' -or $operation -ceq 'remove') { Add-Enforcement $operation $Text $reply }
        else {
            $request = ConvertFrom-JsonText $Text
            Assert-Protocol $request
            Limit-Process (Get-NumberMember $request 'limitSeconds' 1 86400 $DefaultLimit)
            $operation = Get-TextMember $request 'operation' ('\A(' + [string]::Join('|', $Allowed) + ')\z') $false
            $reply['operation'] = $operation
            if ($operation -ceq 'install') { Add-Installation $request $reply } else { Add-Observation $request $reply }
        }
    }
    catch {
        $exception = Get-InnerException $_
        $message = $exception.Message
        $code = 'denied'
        if ($operation -ceq 'install') { $code = 'install' }
        if ($exception.Data.Contains('code')) { $code = $exception.Data['code'] } else { $message += Get-Position $_ }
        $standing = 'as it was'
        if ($exception.Data.Contains('host')) { $standing = $exception.Data['host'] }
        $reply = [ordered]@{
            protocol = 1; operation = $operation; ok = $false
            error = [ordered]@{ code = $code; message = $message }; host = $standing
        }
        $message = $code + ': ' + $message
    }
    Write-Frame $reply
    Exit-HungProcess ([int]($message.Length -gt 0))
    return $message
}

# For the blocks of protocol.md, which exit by what this gives. $Psm1 is the text that an install request leaves out.
function Invoke-HybridIdentityRequest {
    param([string]$Json, [string]$Psm1)
    $Install.psm1 = $Psm1
    Limit-Process $DefaultLimit
    return (Invoke-Operation @('observe', 'install') $Json).Length -eq 0
}

# Reads standard input, whose end may never come, and answers it.
function Complete-Command {
    param([string]$Operation, $Cmdlet)
    Limit-Process $DefaultLimit
    $text = Read-StandardInput
    try {
        if (-not (Confirm-Operation $Operation $text $Cmdlet)) { return }
    }
    catch {
        $exception = Get-InnerException $_
        if (-not $exception.Data.Contains('code')) { throw }
        throw ('HybridIdentity: ' + $exception.Data['code'] + ': ' + $exception.Message)
    }
    $message = Invoke-Operation $Operation $text
    if ($message.Length -gt 0) { throw ('HybridIdentity: ' + $message) }
}
