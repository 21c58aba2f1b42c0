# A key as protocol.md writes it, taken apart.
function Split-RegistryKey {
    param([string]$Key)
    # Without regard to case, but for IgnoreCase: that takes the sign of the kelvin for a K.
    $match = [regex]::Match($Key, '\A([Hh][Kk][Ll][Mm]32(?=\\(?i:SOFTWARE)(?:\\(?!(?i:WOW6432Node)(?:\\|\z))|\z))|[Hh][Kk][Ll][Mm]|[Hh][Kk][Uu])\\((?:[^\\]{1,255}\\)*[^\\]{1,255})\z', 'CultureInvariant')
    if (-not $match.Success) {
        throw (Get-Failure 'malformed' ('key ' + (Limit-Text $Key) + ': expected HKLM\..., HKU\... or HKLM32\SOFTWARE\... with parts of 1 to 255 characters.'))
    }
    $place = @{ hive = [Microsoft.Win32.RegistryHive]::LocalMachine; view = [Microsoft.Win32.RegistryView]::Registry64; path = $match.Groups[2].Value }
    $hive = $match.Groups[1].Value.ToUpperInvariant()
    if (Test-SameText $hive 'HKU') { $place.hive = [Microsoft.Win32.RegistryHive]::Users }
    if (Test-SameText $hive 'HKLM32') { $place.view = [Microsoft.Win32.RegistryView]::Registry32 }
    return $place
}

# What the registry calls a value: the default value has an empty name.
function Get-RegistryName {
    param([string]$Name)
    if ([string]::Equals($Name, '(default)', [System.StringComparison]::OrdinalIgnoreCase)) { return '' }
    return $Name
}

function Get-ValueId {
    param([string]$Key, [string]$Name)
    return $Key + '\\' + $Name
}

# Equal for two spellings of one value, when compared without regard to case.
function Get-Identity {
    param([string]$Id)
    return [regex]::Replace($Id, '\AHKLM32\\SOFTWARE(?=\\)', 'HKLM\SOFTWARE\WOW6432Node', 'IgnoreCase, CultureInvariant')
}

# A value's key and name; $null where the text is no value id.
function Split-ValueId {
    param([string]$Id)
    $at = $Id.IndexOf('\\', [System.StringComparison]::Ordinal)
    if ($at -lt 1 -or $at + 2 -ge $Id.Length) { return $null }
    return @{ id = $Id; key = $Id.Substring(0, $at); name = $Id.Substring($at + 2) }
}

function Test-ValueId {
    param([string]$Id)
    $place = Split-ValueId $Id
    if ($null -eq $place) { return $false }
    if (Test-VirtualKey $place.key) { return Test-VirtualName $place.key $place.name }
    try { [void](Split-RegistryKey $place.key) }
    catch { return $false }
    return $true
}
