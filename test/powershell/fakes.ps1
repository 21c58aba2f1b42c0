# Takes the place of what the module asks of Windows, so that the rest of it runs on any PowerShell 7. The registry is the JSON
# file that FAKE_STATE names: { "keys": { KEY: { NAME: NOTATION } }, "readers": {} }. A text or list whose bytes its notation does
# not tell stands there as hex(1):, hex(2): or hex(7): and its bytes.

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

# What .NET gives of a text or list in bytes: the last half of a character is filled up, and one NUL at the end falls off.
function ConvertFrom-FakeBytes {
    param([string]$Stored)
    $match = [regex]::Match($Stored, '\Ahex\(([127])\):(.*)\z')
    if (-not $match.Success) { return $Stored }
    $bytes = [System.Convert]::FromHexString($match.Groups[2].Value)
    if ($bytes.Length % 2 -eq 1) { $bytes += [byte]0 }
    $text = [System.Text.Encoding]::Unicode.GetString($bytes)
    if ($text.EndsWith([char]0)) { $text = $text.Substring(0, $text.Length - 1) }
    if ($match.Groups[1].Value -eq '1') { return "string:$text" }
    if ($match.Groups[1].Value -eq '2') { return "expand:$text" }
    if ($text.EndsWith([char]0)) { $text = $text.Substring(0, $text.Length - 1) } elseif ($text.Length -eq 0) { return 'multi:[]' }
    return 'multi:' + (ConvertTo-JsonText $text.Split([char]0))
}

function Read-RegistryValue {
    param([string]$Key, [string[]]$Names)
    $notations = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    $path = Get-FakePath $Key
    $keys = (Read-FakeState)['keys']
    $found = Find-FakeName $keys $path
    $hive = [regex]::Match($path, '\AHKU\\[^\\]+').Value
    $loaded = $hive.Length -eq 0 -or $hive -match '\\(\.DEFAULT|S-1-5-(18|19|20))$' -or @($keys.get_Keys() | Where-Object { "$_\".StartsWith("$hive\", [System.StringComparison]::OrdinalIgnoreCase) }).Count -gt 0
    foreach ($name in $Names) {
        $notations[$name] = 'absent'
        if (-not $loaded) { $notations[$name] = 'unknown:not loaded' }
        if ($path.StartsWith('HKLM\SAM\', [System.StringComparison]::OrdinalIgnoreCase)) { $notations[$name] = 'unknown:denied' }
        if ($null -eq $found) { continue }
        $spelled = Find-FakeName $keys[$found] $name
        if ($null -ne $spelled) { $notations[$name] = ConvertFrom-FakeBytes $keys[$found][$spelled] }
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

function Remove-RegistryKey {
    param([string]$Key)
    $state = Read-FakeState
    foreach ($path in @($state['keys'].get_Keys())) {
        if ($path -eq $Key -or $path.StartsWith("$Key\", [System.StringComparison]::OrdinalIgnoreCase)) { $state['keys'].Remove($path) }
    }
    $state['readers'].Remove($Key)
    Write-FakeState $state
}

function Clear-UnfinishedOriginal {
    $state = Read-FakeState
    foreach ($path in @($state['keys'].get_Keys())) {
        if ($path.StartsWith("$RecordKey\Originals\", [System.StringComparison]::OrdinalIgnoreCase) -and $state['keys'][$path].Count -ne 1) { $state['keys'].Remove($path) }
    }
    Write-FakeState $state
}

function Initialize-OriginalKey {
    param([string]$Key)
    Remove-RegistryKey $Key
    $state = Read-FakeState
    $state['keys'][$Key] = @{}
    Write-FakeState $state
}

function Remove-OtherValue {
    param([string]$Key, [string]$Name)
    $state = Read-FakeState
    foreach ($other in @($state['keys'][$Key].get_Keys())) {
        if (-not [string]::Equals($other, $Name, [System.StringComparison]::OrdinalIgnoreCase)) { $state['keys'][$Key].Remove($other) }
    }
    Write-FakeState $state
}

function Copy-RegistryKey {
    param([string]$From, [string]$To)
    $state = Read-FakeState
    $found = Find-FakeName $state['keys'] (Get-FakePath $From)
    $path = Get-FakePath $To
    $target = Find-FakeName $state['keys'] $path
    if ($null -eq $target) {
        $target = $path
        $state['keys'][$target] = @{}
    }
    foreach ($value in $state['keys'][$found].GetEnumerator()) {
        $spelled = Find-FakeName $state['keys'][$target] $value.Key
        if ($null -eq $spelled) { $spelled = $value.Key }
        $state['keys'][$target][$spelled] = $value.Value
    }
    Write-FakeState $state
}

function Test-Elevated { return $true }

function Get-ModuleFolder { return $env:FAKE_MODULES }

function Get-HostFact {
    return [ordered]@{
        computerName = 'FAKE'
        user = 'FAKE\administrator'
        elevated = $true
        osBuild = 20348
        osName = 'no Windows'
        bootTime = Get-BootTime
        now = Format-Time ([datetime]::UtcNow)
        powershell = "$($PSVersionTable.PSVersion)"
        languageMode = "$($ExecutionContext.SessionState.LanguageMode)"
    }
}
