# Takes the place of what the module asks of Windows, so that the rest of it runs on any PowerShell 7. The registry is the pretend
# host's, at the other end of the port that FAKE_REGISTRY names (fakeRegistry.ts): one line asks, one line answers.

function Invoke-Fake {
    param([System.Collections.IDictionary]$Question)
    $client = [System.Net.Sockets.TcpClient]::new('127.0.0.1', [int]$env:FAKE_REGISTRY)
    try {
        # The module's JSON, which is ASCII and takes halves of surrogate pairs.
        $bytes = [System.Text.Encoding]::ASCII.GetBytes((ConvertTo-JsonText $Question) + "`n")
        $client.GetStream().Write($bytes, 0, $bytes.Length)
        $answer = ConvertFrom-JsonText ([System.IO.StreamReader]::new($client.GetStream()).ReadToEnd())
    }
    finally { $client.Dispose() }
    if ($answer.ContainsKey('code')) { throw (Get-Failure $answer['code'] $answer['denied']) }
    if ($answer.ContainsKey('denied')) { throw (Get-Failure 'denied' $answer['denied']) }
    return $answer
}

function Read-RegistryValue {
    param([string]$Key, [string[]]$Names)
    [void](Split-RegistryKey $Key)
    $notations = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    $found = (Invoke-Fake @{ do = 'read'; key = $Key; names = @($Names) })['values']
    for ($index = 0; $index -lt @($Names).Count; $index++) { $notations[@($Names)[$index]] = @($found)[$index] }
    return $notations
}

function Read-RegistryKey {
    param([string]$Key)
    [void](Split-RegistryKey $Key)
    try { $found = Invoke-Fake @{ do = 'list'; key = $Key } }
    catch { return @{ state = 'unknown:denied'; names = [string[]]@(); below = [string[]]@() } }
    return @{ state = $found['state']; names = [string[]]@($found['names']); below = [string[]]@($found['below']) }
}

function Write-RegistryValue {
    param([string]$Key, [string]$Name, [string]$Notation)
    [void](Split-RegistryKey $Key)
    if ($Notation -cne 'absent' -and $null -eq (ConvertFrom-Notation $Notation)) { throw (Get-Failure 'malformed' "$Notation cannot be written.") }
    [void](Invoke-Fake @{ do = 'write'; key = $Key; name = $Name; notation = $Notation })
}

function Initialize-RecordKey {
    param($Readers)
    $question = @{ do = 'protect'; key = $RecordKey }
    if ($null -ne $Readers) { $question['readers'] = @($Readers) }
    [void](Invoke-Fake $question)
}

function Remove-RegistryKey {
    param([string]$Key)
    [void](Invoke-Fake @{ do = 'delete'; key = $Key })
}

function Clear-UnfinishedOriginal { [void](Invoke-Fake @{ do = 'unfinished'; key = "$RecordKey\Originals" }) }

function Initialize-OriginalKey {
    param([string]$Key)
    [void](Invoke-Fake @{ do = 'delete'; key = $Key })
}

function Remove-OtherValue {
    param([string]$Key, [string]$Name)
    [void](Invoke-Fake @{ do = 'others'; key = $Key; name = $Name })
}

function Copy-RegistryKey {
    param([string]$From, [string]$To)
    [void](Invoke-Fake @{ do = 'copy'; key = $From; to = $To })
}

function Test-Elevated { return $true }

function Get-ModuleFolder { return $env:FAKE_MODULES }

# A process that serves many commands (worker.ps1) must not end with the first of them.
if ("$env:FAKE_WORKER" -ne '') { function Limit-Process { param([int]$Seconds) } }

function Get-UserName { return 'FAKE\administrator' }

# Knows no delayed start, as that of 5.1.
function Set-Service {
    [CmdletBinding()]
    param([string]$Name, [ValidateSet('Automatic', 'Manual', 'Disabled')][string]$StartupType)
    [void](Invoke-Fake @{ do = 'configure'; key = $Name; notation = $StartupType })
}

# A service of the pretend host, as a ServiceController shows it.
function Get-PretendService {
    param([string]$Name)
    $found = Invoke-Fake @{ do = 'service'; key = $Name }
    if (-not $found.ContainsKey('state')) { return }
    $dependents = @(foreach ($one in $found['dependents']) { [pscustomobject]@{ ServiceName = $one; Name = $one; Status = (Invoke-Fake @{ do = 'service'; key = $one })['state'] } })
    $service = [pscustomobject]@{ Name = $Name; Status = $found['state']; DependentServices = $dependents }
    $service | Add-Member ScriptMethod Start { [void](Invoke-Fake @{ do = 'control'; key = $this.Name; notation = 'Running' }) }
    $service | Add-Member ScriptMethod Continue { [void](Invoke-Fake @{ do = 'control'; key = $this.Name; notation = 'Running' }) }
    $service | Add-Member ScriptMethod Stop { [void](Invoke-Fake @{ do = 'control'; key = $this.Name; notation = 'Stopped' }) }
    $service | Add-Member ScriptMethod Pause { [void](Invoke-Fake @{ do = 'control'; key = $this.Name; notation = 'Paused' }) }
    return $service
}

# FAKE_SERVICES: { NAME: { "Status": ..., "ProcessId": ..., "CreationDate": ... } }, as the Service Control Manager and WMI have them.
function Get-FakeService {
    if ("$env:FAKE_SERVICES" -eq '') { return @{} }
    return $env:FAKE_SERVICES | ConvertFrom-Json -AsHashtable
}

function Get-Service {
    [CmdletBinding()]
    param([string]$Name)
    if ("$env:FAKE_SERVICES" -eq '') { return Get-PretendService $Name }
    $services = Get-FakeService
    if ($services.ContainsKey('')) { throw [System.InvalidOperationException]::new('no manager', [System.ComponentModel.Win32Exception]::new(5)) }
    foreach ($service in $services.GetEnumerator()) {
        if ($service.Key -ne $Name) { continue }
        $dependents = foreach ($other in @($service.Value['Dependents'])) { if ($null -ne $other) { [pscustomobject]@{ Name = $other; Status = $services[$other].Status } } }
        return [pscustomobject]@{ Name = $service.Key; Status = $service.Value.Status; DependentServices = @($dependents) }
    }
    Write-Error "no service $Name"
}

function Read-CimInstance {
    param([string]$Class, [string]$Filter, [string[]]$Properties)
    $services = Get-FakeService
    if ("$env:FAKE_SERVICES" -eq '') {
        $services = @{}
        $at = 0
        foreach ($one in (Invoke-Fake @{ do = 'starts'; key = '' })['starts']) { $services[$one[0]] = @{ ProcessId = ++$at; CreationDate = $one[1] } }
    }
    $found = foreach ($name in $services.get_Keys()) {
        $service = $services[$name]
        $created = if ($null -ne $service['CreationDate']) { ([datetime]$service.CreationDate).ToLocalTime() }
        if ($service['ProcessId'] -gt 0) { [pscustomobject]@{ Name = $name; ProcessId = [uint32]$service.ProcessId; CreationDate = $created } }
    }
    return , @($found)
}

# The pretend host knows the accounts. Elsewhere than on Windows no program can make the exception, but it can be had unmade.
function Request-Sid {
    param([string]$Account)
    $sid = (Invoke-Fake @{ do = 'sid'; name = $Account })['sid']
    if ($sid -ceq 'absent') {
        $unmapped = [System.Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject([System.Security.Principal.IdentityNotMappedException])
        return [System.Threading.Tasks.Task]::FromException[object]($unmapped)
    }
    if ($sid -clike 'unknown:*') { return [System.Threading.Tasks.Task]::FromException[object]([System.Exception]::new($sid.Substring(8))) }
    return [System.Threading.Tasks.Task]::FromResult[object]([pscustomobject]@{ Value = $sid })
}

# Neither DPAPI nor the Task Scheduler is elsewhere than on Windows: the pretend host has both.
function Invoke-Encryption {
    param($Logon)
    return (Invoke-Fake @{ do = 'encrypt'; key = $Logon.account; name = $ClientSecret.clear; notation = $ClientSecret.password })['text']
}

function Clear-AccountCommand { [void](Invoke-Fake @{ do = 'clearTask'; key = '' }) }

# Nor is Windows Installer. Where setup fails the exception tells nothing, as on Windows: its log does.
function Invoke-Installer {
    param([string[]]$Properties, [string]$Log)
    $answer = Invoke-Fake @{ do = 'setup'; key = $Setup.code; name = (Get-SetupLine $Properties) }
    [System.IO.File]::WriteAllText($Log, $answer['log'], [System.Text.Encoding]::Unicode)
    if ([int]$answer['exit'] -eq 0 -or [int]$answer['exit'] -eq 3010) { return 0 }
    return 0x4005
}

function Test-InstallerBusy { return (Invoke-Fake @{ do = 'busy'; key = '' })['busy'] }

function Get-SetupFolder { return [System.IO.Path]::Combine($env:FAKE_MODULES, 'setup', 'logs') }

function Protect-Folder { param([string]$Path) }

# Files of the pretend host, where the module lists and opens those that Exchange writes. None has a time of its own.
function Get-SmtpFile {
    param([string]$Path)
    $answer = Invoke-Fake @{ do = 'files'; key = $Path }
    if (-not $answer.ContainsKey('names')) { throw [System.IO.DirectoryNotFoundException]::new('no folder') }
    return , @(foreach ($name in $answer['names']) { @{ path = "$Path/$name"; written = '' } })
}

function Open-SmtpFile {
    param([string]$Path)
    $folder, $name = $Path -split '/(?=[^/]*\z)'
    return [System.IO.MemoryStream]::new([System.Convert]::FromBase64String((Invoke-Fake @{ do = 'file'; key = $folder; name = $name })['content']))
}

# Get-WinEvent as far as the module asks it: it fails in its way where there is nothing.
function Read-WinEvent {
    param([string]$Log, [string]$Filter)
    $found = (Invoke-Fake @{ do = 'events'; key = $Log; name = $Filter })['events']
    if ($found -is [string]) {
        if ($found -ceq 'unknown:denied') { throw [System.UnauthorizedAccessException]::new('no access') }
        throw $found.Substring(8)
    }
    if ($found.Length -eq 0) { return , (Invoke-Bounded 'Write-Error' @{ Message = 'none'; ErrorId = 'NoMatchingEventsFound'; ErrorAction = 'Stop' } 10) }
    return , @(foreach ($one in $found) {
            [pscustomobject]@{ ProviderName = $one['provider']; Id = [int]$one['id']; TimeCreated = [datetime]::Parse($one['time']).ToLocalTime(); Message = $one['message']; Properties = @() }
        })
}

# Elsewhere than on Windows a computer has no certificates of its own. The pretend host has some, as X.509, and tells of their keys; with FAKE_STORE they are
# those of the user in HOME, with real keys, and only the access list of a key's file is pretended: it is a file of that folder.
function Open-CertificateStore {
    param([bool]$Write)
    if ("$env:FAKE_STORE" -ne '') {
        $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser')
        $store.Open('ReadWrite')
        return $store
    }
    $store = [pscustomobject]@{ Certificates = @(foreach ($one in (Invoke-Fake @{ do = 'certificates'; key = '' })['certificates']) { [System.Security.Cryptography.X509Certificates.X509Certificate2]::new([System.Convert]::FromHexString($one)) }) }
    $store | Add-Member ScriptMethod Add { [void](Invoke-Fake @{ do = 'addCertificate'; key = (Get-Der $args[0]); name = [string]::new('k', [int]$args[0].HasPrivateKey) }) }
    $store | Add-Member ScriptMethod Remove { [void](Invoke-Fake @{ do = 'removeCertificate'; key = (Get-Der $args[0]) }) }
    $store | Add-Member ScriptMethod Close { }
    return $store
}

function Get-Der { param($Certificate) return [System.Convert]::ToHexString($Certificate.RawData).ToLowerInvariant() }

if ("$env:FAKE_STORE" -ne '') {
    function Get-KeyFile { param($Key) return [System.IO.Path]::Combine($env:FAKE_STORE, 'readable') }
    function Get-KeyAccess { param($Key) if ([System.IO.File]::Exists((Get-KeyFile $Key))) { return 'yes' } else { return 'no' } }
    function Set-KeyReader { param([string]$File) [System.IO.File]::WriteAllText($File, '') }
    function Repair-StoreKey { param([string]$Thumbprint) return 'certutil -repairstore My ' + $Thumbprint + ': there is none here' }
}
else {
    function Get-KeyFact {
        param($Certificate)
        $fact = Invoke-Fake @{ do = 'keyFact'; key = (Get-Der $Certificate) }
        return @{ key = $fact['key']; access = $fact['access'] }
    }
    function Grant-KeyAccess { param($Certificate) [void](Invoke-Fake @{ do = 'grantAccess'; key = (Get-Der $Certificate) }) }
    function Repair-StoreKey {
        param([string]$Thumbprint)
        foreach ($one in (Open-CertificateStore $false).Certificates) {
            if ($one.Thumbprint -ceq $Thumbprint -and -not (Invoke-Fake @{ do = 'repairStore'; key = (Get-Der $one) })['found']) { return 'certutil found none' }
        }
        return ''
    }
}
