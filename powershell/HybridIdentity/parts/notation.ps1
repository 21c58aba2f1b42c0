# What does a text such as dword:1 stand for, and which data of the registry is that?

function ConvertTo-Notation {
    param($Kind, $Value)
    if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::DWord -and $Value -is [int]) {
        return 'dword:' + [System.BitConverter]::ToUInt32([System.BitConverter]::GetBytes([int]$Value), 0)
    }
    if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::QWord -and $Value -is [long]) {
        return 'qword:' + [System.BitConverter]::ToUInt64([System.BitConverter]::GetBytes([long]$Value), 0)
    }
    if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::String -and $Value -is [string]) { return 'string:' + $Value }
    if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::ExpandString -and $Value -is [string]) { return 'expand:' + $Value }
    if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::MultiString -and $Value -is [string[]]) {
        return 'multi:' + (ConvertTo-JsonText $Value)
    }
    # A number with too many or too few bytes comes as another number, or as bytes.
    if ($Value -is [int] -or $Value -is [long]) { $Value = [System.BitConverter]::GetBytes($Value) }
    if ($Value -is [byte[]]) {
        $hex = [System.BitConverter]::ToString($Value).Replace('-', '').ToLowerInvariant()
        if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::Binary) { return 'binary:' + $hex }
        if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::None) { return 'none:' + $hex }
        if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::DWord) { return 'hex(4):' + $hex }
        if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::QWord) { return 'hex(b):' + $hex }
    }
    return 'unknown:type'
}

# The registry's kind and data of a notation that can be written; $null where it is none, as for hex(4): and hex(b):. What a notation means is
# told by its text alone, so only the one spelling that reading gives is taken.
function ConvertFrom-Notation {
    param([string]$Notation)
    if ($Notation -cnotmatch '\A(dword|qword|string|expand|multi|binary|none):') { return $null }
    $at = $Notation.IndexOf(':', [System.StringComparison]::Ordinal)
    $kind = $Notation.Substring(0, $at)
    $text = $Notation.Substring($at + 1)
    if ($kind -ceq 'string') { return @{ kind = [Microsoft.Win32.RegistryValueKind]::String; value = $text } }
    if ($kind -ceq 'expand') { return @{ kind = [Microsoft.Win32.RegistryValueKind]::ExpandString; value = $text } }
    if ($kind -ceq 'dword' -and $text -cmatch '\A(0|[1-9][0-9]{0,9})\z') {
        $small = [uint32]0
        if (-not [uint32]::TryParse($text, [ref]$small)) { return $null }
        return @{ kind = [Microsoft.Win32.RegistryValueKind]::DWord; value = [System.BitConverter]::ToInt32([System.BitConverter]::GetBytes([uint32]$small), 0) }
    }
    if ($kind -ceq 'qword' -and $text -cmatch '\A(0|[1-9][0-9]{0,19})\z') {
        $large = [uint64]0
        if (-not [uint64]::TryParse($text, [ref]$large)) { return $null }
        return @{ kind = [Microsoft.Win32.RegistryValueKind]::QWord; value = [System.BitConverter]::ToInt64([System.BitConverter]::GetBytes([uint64]$large), 0) }
    }
    if (($kind -ceq 'binary' -or $kind -ceq 'none') -and $text -cmatch '\A([0-9a-f]{2})*\z') {
        $bytes = [byte[]]::new([int]($text.Length / 2))
        for ($index = 0; $index -lt $bytes.Length; $index++) { $bytes[$index] = [System.Convert]::ToByte($text.Substring(2 * $index, 2), 16) }
        if ($kind -ceq 'none') { return @{ kind = [Microsoft.Win32.RegistryValueKind]::None; value = $bytes } }
        return @{ kind = [Microsoft.Win32.RegistryValueKind]::Binary; value = $bytes }
    }
    if ($kind -ceq 'multi') {
        try {
            $list = (ConvertFrom-JsonText ('{"list":' + $text + '}'))['list']
            $items = ConvertTo-TextList $list 'multi'
        }
        catch { return $null }
        if (-not (Test-SameText (ConvertTo-JsonText $items) $text)) { return $null }
        return @{ kind = [Microsoft.Win32.RegistryValueKind]::MultiString; value = $items }
    }
    return $null
}

# What may stand in a document.
function Test-DesiredNotation {
    param([string]$Notation)
    if (Test-SameText $Notation 'absent') { return $true }
    if ($Notation.StartsWith('none:', [System.StringComparison]::Ordinal)) { return $false }
    return $null -ne (ConvertFrom-Notation (Get-Target $Notation))
}

# What is written where the value is not as desired.
function Get-Target {
    param([string]$Desired)
    return [regex]::Replace($Desired, '\A(dword:[1-9][0-9]*) or nonzero\z', '$1')
}

# Equal in meaning. An empty list has two forms: without any string, and with an empty one, which ends it.
function Test-AsDesired {
    param([string]$Present, [string]$Desired)
    if (Test-SameText ([regex]::Replace($Present, '\Amulti:\[""\]\z', 'multi:[]')) ([regex]::Replace($Desired, '\Amulti:\[""\]\z', 'multi:[]'))) { return $true }
    return $Desired -cmatch '\Adword:[1-9][0-9]* or nonzero\z' -and $Present -cmatch '\Adword:[1-9]'
}
