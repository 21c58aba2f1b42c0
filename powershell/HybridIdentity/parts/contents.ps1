# What does a key hold, by name, and what text has a value?

# What a key holds: the names of its values and of the keys below it. The state is `found`, `absent` or `unknown:REASON`.
function Read-RegistryKey {
    param([string]$Key)
    $place = Split-RegistryKey $Key
    $content = @{ state = 'absent'; names = [string[]]@(); below = [string[]]@() }
    $base = $null
    $open = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($place.hive, $place.view)
        $open = $base.OpenSubKey($place.path, $false)
        if ($null -eq $open) { $content.state = Get-MissingState $base $place }
        else {
            $list = Read-NameList $open
            $content.names = $list.names
            $content.below = $list.below
            $content.state = 'found'
        }
    }
    catch { $content.state = 'unknown:' + (Get-Reason $_) }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
    return $content
}

# Windows lists by position: a name that goes meanwhile takes another one out of the list, and .NET Framework fails where the
# list ends early. What was seen twice is true; throws where a key changes at every look.
function Read-NameList {
    param($Open)
    $last = $null
    $failure = 'its names change all the time'
    for ($look = 0; $look -lt 20; $look++) {
        try {
            $list = @{ names = [string[]]$Open.GetValueNames(); below = [string[]]$Open.GetSubKeyNames() }
            $text = [string]::Join("`0", $list.names) + "`0`0" + [string]::Join("`0", $list.below)
            if ($null -ne $last -and (Test-SameText $last $text)) { return $list }
            $last = $text
        }
        catch { $failure = Get-Reason $_ }
    }
    throw (Get-Failure 'denied' $failure)
}

# The names of all values of a key; none where there is no such key.
function Get-RegistryValueName {
    param([string]$Key)
    $content = Read-RegistryKey $Key
    if ($content.state.StartsWith('unknown:', [System.StringComparison]::Ordinal)) {
        throw (Get-Failure 'denied' ($Key + ' could not be read: ' + $content.state.Substring(8)))
    }
    return , $content.names
}

# The text of a value; empty where there is none. Throws where it could not be read.
function Get-RegistryText {
    param([string]$Key, [string]$Name)
    $notation = (Read-RegistryValue $Key @($Name))[$Name]
    $match = [regex]::Match($notation, '\A(string|expand|unknown):(?!type\z)([\s\S]*)\z')
    if (Test-SameText $match.Groups[1].Value 'unknown') { throw ($Key + ': ' + $match.Groups[2].Value) }
    return $match.Groups[2].Value
}

# Texts in the order of their upper case.
function Get-SortedText {
    param([string[]]$Texts)
    $list = [System.Collections.Generic.List[string]]::new($Texts)
    $list.Sort([System.StringComparer]::OrdinalIgnoreCase)
    return , $list.ToArray()
}
