# Takes the place of what the module asks of Windows, so that the rest of it runs on any PowerShell 7. The registry is the JSON
# file that FAKE_STATE names: { "keys": { KEY: { NAME: NOTATION } }, "readers": {} }.

function Read-FakeState {
    return Get-Content -LiteralPath $env:FAKE_STATE -Raw | ConvertFrom-Json -AsHashtable
}

function Write-FakeState {
    param($State)
    ConvertTo-Json -InputObject $State -Depth 5 | Set-Content -LiteralPath $env:FAKE_STATE -NoNewline
}

# The key of a dictionary that is spelled like $Name but for case; $null where there is none.
function Find-FakeName {
    param($Dictionary, [string]$Name)
    foreach ($entry in $Dictionary.GetEnumerator()) {
        if ([string]::Equals($entry.Key, $Name, [System.StringComparison]::OrdinalIgnoreCase)) { return $entry.Key }
    }
    return $null
}

function Get-FakePath {
    param([string]$Key)
    [void](Split-RegistryKey $Key)
    return Get-Identity $Key
}

function Read-RegistryValue {
    param([string]$Key, [string[]]$Names)
    $notations = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    $path = Get-FakePath $Key
    $keys = (Read-FakeState)['keys']
    $found = Find-FakeName $keys $path
    foreach ($name in $Names) {
        $notations[$name] = 'absent'
        if ($path.StartsWith('HKLM\SAM\', [System.StringComparison]::OrdinalIgnoreCase)) { $notations[$name] = 'unknown:denied' }
        if ($null -eq $found) { continue }
        $spelled = Find-FakeName $keys[$found] $name
        if ($null -ne $spelled) { $notations[$name] = $keys[$found][$spelled] }
    }
    return $notations
}

function Get-RegistryValueName {
    param([string]$Key)
    $keys = (Read-FakeState)['keys']
    $found = Find-FakeName $keys (Get-FakePath $Key)
    $names = [System.Collections.Generic.List[string]]::new()
    if ($null -ne $found) {
        foreach ($entry in $keys[$found].GetEnumerator()) { $names.Add($entry.Key) }
    }
    return , $names.ToArray()
}

function Write-RegistryValue {
    param([string]$Key, [string]$Name, [string]$Notation)
    $path = Get-FakePath $Key
    $state = Read-FakeState
    $found = Find-FakeName $state['keys'] $path
    if ($Notation -ceq 'absent') {
        if ($null -eq $found) { return }
        $spelled = Find-FakeName $state['keys'][$found] $Name
        if ($null -ne $spelled) { $state['keys'][$found].Remove($spelled) }
    }
    else {
        if ($null -eq (ConvertFrom-Notation $Notation)) { throw (Get-Failure 'malformed' "$Notation cannot be written.") }
        if ($null -eq $found) {
            $found = $path
            $state['keys'][$found] = @{}
        }
        $spelled = Find-FakeName $state['keys'][$found] $Name
        if ($null -eq $spelled) { $spelled = $Name }
        $state['keys'][$found][$spelled] = $Notation
    }
    Write-FakeState $state
}

function Initialize-RecordKey {
    param($Readers)
    $state = Read-FakeState
    if ($null -eq (Find-FakeName $state['keys'] $RecordKey)) { $state['keys'][$RecordKey] = @{} }
    if ($null -ne $Readers) { $state['readers'][$RecordKey] = @($Readers) }
    Write-FakeState $state
}

function Remove-RecordKey {
    $state = Read-FakeState
    foreach ($key in @($state['keys'].get_Keys())) {
        if ($key -eq $RecordKey -or $key.StartsWith("$RecordKey\", [System.StringComparison]::OrdinalIgnoreCase)) { $state['keys'].Remove($key) }
    }
    $state['readers'].Remove($RecordKey)
    Write-FakeState $state
}

function Test-Elevated { return $true }

function Get-ModuleFolder { return $env:FAKE_MODULES }

function Get-UserName { return 'FAKE\administrator' }

# FAKE_SERVICES: { NAME: { "Status": ..., "ProcessId": ..., "CreationDate": ... } }, as the Service Control Manager and WMI have them.
function Get-FakeService {
    if ("$env:FAKE_SERVICES" -eq '') { return @{} }
    return $env:FAKE_SERVICES | ConvertFrom-Json -AsHashtable
}

function Get-Service {
    [CmdletBinding()]
    param([string]$Name)
    $services = Get-FakeService
    if ($services.ContainsKey('')) { throw [System.InvalidOperationException]::new('no manager', [System.ComponentModel.Win32Exception]::new(5)) }
    $found = Find-FakeName $services $Name
    if ($null -eq $found) { Write-Error "no service $Name" } else { [pscustomobject]@{ Name = $found; Status = $services[$found].Status } }
}

function Read-CimInstance {
    param([string]$Class, [string]$Filter, [string[]]$Properties)
    $services = Get-FakeService
    $found = foreach ($name in $services.get_Keys()) {
        $service = $services[$name]
        $created = if ($null -ne $service['CreationDate']) { ([datetime]$service.CreationDate).ToLocalTime() }
        if ($service['ProcessId'] -gt 0) { [pscustomobject]@{ Name = $name; ProcessId = [uint32]$service.ProcessId; CreationDate = $created } }
    }
    return , @($found)
}
