# HybridIdentity: reads and writes registry values of this host and remembers what was there before.
# The same text is imported as a module and sent inside a script block (docs/protocol.md), so it defines functions,
# sets a few variables that they read, and does nothing else. Times are UTC. Texts are compared ordinally: -ceq is
# linguistic and skips characters such as a soft hyphen.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$RecordKey = 'HKLM\SOFTWARE\HybridIdentity'
$RecordLimit = 131072
$TimePattern = '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'

# ---------------------------------------------------------------- failures and texts

# An exception that carries the code of the reply; throw what this returns.
function New-Failure {
    param([string]$Code, [string]$Message)
    $exception = [System.InvalidOperationException]::new($Message)
    $exception.Data.Add('code', $Code)
    return $exception
}

# The exception that was thrown inside a .NET method, not PowerShell's wrapping of it.
function Get-InnerException {
    param($ErrorRecord)
    $exception = $ErrorRecord.Exception
    while ($exception -is [System.Management.Automation.RuntimeException] -and $null -ne $exception.InnerException) {
        $exception = $exception.InnerException
    }
    return $exception
}

# Why a place of the registry could not be read or written: `denied`, or the system's words.
function Get-Reason {
    param($ErrorRecord)
    $exception = Get-InnerException $ErrorRecord
    if ($exception -is [System.UnauthorizedAccessException] -or $exception -is [System.Security.SecurityException]) {
        return 'denied'
    }
    return $exception.Message
}

function Limit-Text {
    param([string]$Text)
    if ($Text.Length -le 200) { return $Text }
    return $Text.Substring(0, 200) + '... (' + $Text.Length + ' characters)'
}

function Test-SameText {
    param([string]$Left, [string]$Right)
    return [string]::Equals($Left, $Right, [System.StringComparison]::Ordinal)
}

function Format-Time {
    param([datetime]$Time)
    return $Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
}

function Get-Sha256 {
    param([string]$Text)
    # The provider of the operating system: the managed class is refused where a policy asks for FIPS.
    $algorithm = [System.Security.Cryptography.SHA256CryptoServiceProvider]::new()
    try {
        # Latin 1 keeps every byte of a file as it is.
        $hash = $algorithm.ComputeHash([System.Text.Encoding]::GetEncoding(28591).GetBytes($Text))
    }
    finally {
        $algorithm.Dispose()
    }
    return [System.BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
}

# ---------------------------------------------------------------- JSON
# A reader of its own: ConvertFrom-Json turns texts that look like dates into dates, drops or merges members that
# differ in case, and takes more than JSON, each in another way in 5.1 and 7.

function ConvertTo-JsonString {
    param([string]$Text)
    $escaped = $Text.Replace('\', '\\').Replace('"', '\"')
    if (-not [regex]::IsMatch($escaped, '[^\x20-\x7f]')) { return '"' + $escaped + '"' }
    $builder = [System.Text.StringBuilder]::new()
    foreach ($character in $escaped.ToCharArray()) {
        $unit = [int]$character
        if ($unit -lt 32 -or $unit -gt 127) { [void]$builder.Append('\u' + $unit.ToString('x4')) }
        else { [void]$builder.Append($character) }
    }
    return '"' + $builder.ToString() + '"'
}

function ConvertTo-JsonText {
    param($Value)
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [string]) { return ConvertTo-JsonString $Value }
    if ($Value -is [bool]) {
        if ($Value) { return 'true' }
        return 'false'
    }
    $parts = [System.Collections.Generic.List[string]]::new()
    if ($Value -is [System.Collections.IDictionary]) {
        foreach ($entry in $Value.GetEnumerator()) {
            $parts.Add((ConvertTo-JsonString $entry.Key) + ':' + (ConvertTo-JsonText $entry.Value))
        }
        return '{' + [string]::Join(',', $parts.ToArray()) + '}'
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        foreach ($item in $Value) { $parts.Add((ConvertTo-JsonText $item)) }
        return '[' + [string]::Join(',', $parts.ToArray()) + ']'
    }
    return [string]$Value
}

# The text between the quotes of a JSON string.
function ConvertFrom-JsonString {
    param([string]$Text)
    if (-not $Text.Contains('\')) { return $Text }
    # Cut at escaped backslashes: in what is left every backslash begins another escape.
    $pieces = $Text.Split([string[]]@('\\'), [System.StringSplitOptions]::None)
    for ($index = 0; $index -lt $pieces.Length; $index++) {
        $piece = $pieces[$index]
        if (-not $piece.Contains('\')) { continue }
        $piece = $piece.Replace('\"', '"').Replace('\/', '/').Replace('\n', "`n").Replace('\r', "`r").Replace('\t', "`t")
        $piece = $piece.Replace('\b', "`b").Replace('\f', "`f")
        $builder = [System.Text.StringBuilder]::new()
        $from = 0
        foreach ($escape in [regex]::Matches($piece, '\\u([0-9a-fA-F]{4})')) {
            [void]$builder.Append($piece.Substring($from, $escape.Index - $from))
            [void]$builder.Append([char][System.Convert]::ToInt32($escape.Groups[1].Value, 16))
            $from = $escape.Index + $escape.Length
        }
        [void]$builder.Append($piece.Substring($from))
        $pieces[$index] = $builder.ToString()
    }
    return [string]::Join('\', $pieces)
}

# One value from the tokens of a JSON text on. Objects become dictionaries whose names keep their case, arrays object[],
# integers of up to 15 digits numbers; no member of the contract is another number, so those become $null. Tokens are marks,
# quoted strings, numbers and words only, so -ceq cannot take one for another.
function Read-JsonValue {
    param($Reader, [int]$Depth)
    $tokens = $Reader.tokens
    $token = $tokens[$Reader.index]
    $Reader.index++
    if ($token.StartsWith('"', [System.StringComparison]::Ordinal)) {
        return ConvertFrom-JsonString ($token.Substring(1, $token.Length - 2))
    }
    if ($Depth -gt 16) { throw (New-Failure 'malformed' 'JSON: more than 16 levels deep.') }
    if ($token -ceq '{') {
        $object = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
        # Not $object.Count: a dot on a dictionary finds a member of that name first.
        $first = $true
        while ($tokens[$Reader.index] -cne '}') {
            if (-not $first) { Skip-JsonMark $Reader ',' }
            $first = $false
            $token = $tokens[$Reader.index]
            if (-not $token.StartsWith('"', [System.StringComparison]::Ordinal)) {
                throw (New-Failure 'malformed' ("JSON: expected a member's name at token " + $Reader.index + '.'))
            }
            $Reader.index++
            $name = ConvertFrom-JsonString ($token.Substring(1, $token.Length - 2))
            Skip-JsonMark $Reader ':'
            if ($object.ContainsKey($name)) {
                throw (New-Failure 'malformed' ('JSON: member ' + (Limit-Text $name) + ' stands there twice.'))
            }
            $object.Add($name, (Read-JsonValue $Reader ($Depth + 1)))
        }
        $Reader.index++
        return $object
    }
    if ($token -ceq '[') {
        $items = [System.Collections.Generic.List[object]]::new()
        while ($tokens[$Reader.index] -cne ']') {
            if ($items.Count -gt 0) { Skip-JsonMark $Reader ',' }
            $items.Add((Read-JsonValue $Reader ($Depth + 1)))
        }
        $Reader.index++
        return , $items.ToArray()
    }
    if ($token -ceq 'true') { return $true }
    if ($token -ceq 'false') { return $false }
    if ($token -ceq 'null') { return $null }
    if ($token -cmatch '\A-?[0-9]{1,15}\z') { return [long]$token }
    if ($token -cmatch '\A[-0-9]') { return $null }
    throw (New-Failure 'malformed' ('JSON: unexpected end or mark at token ' + ($Reader.index - 1) + '.'))
}

function Skip-JsonMark {
    param($Reader, [string]$Mark)
    if ($Reader.tokens[$Reader.index] -cne $Mark) {
        throw (New-Failure 'malformed' ('JSON: expected ' + $Mark + ' at token ' + $Reader.index + '.'))
    }
    $Reader.index++
}

function ConvertFrom-JsonText {
    param([string]$Text)
    $pattern = '\G[ \t\r\n]*([{}\[\]:,]|"(?>[^"\\\x00-\x1f]+|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)'
    $tokens = [System.Collections.Generic.List[string]]::new()
    $end = 0
    foreach ($match in [regex]::Matches($Text, $pattern)) {
        $tokens.Add($match.Groups[1].Value)
        $end = $match.Index + $match.Length
    }
    if ($Text.Substring($end).Trim().Length -gt 0) {
        throw (New-Failure 'malformed' ('JSON: cannot be read from character ' + $end + ' on.'))
    }
    # The end, which is no value and no mark.
    $tokens.Add('')
    $reader = @{ tokens = $tokens.ToArray(); index = 0 }
    $value = Read-JsonValue $reader 0
    if ($reader.index -lt $tokens.Count - 1) {
        throw (New-Failure 'malformed' ('JSON: goes on after its end, at token ' + $reader.index + '.'))
    }
    if ($value -isnot [System.Collections.IDictionary]) { throw (New-Failure 'malformed' 'JSON: expected an object.') }
    return $value
}

# A text, which may travel as an array of texts to keep lines short.
function ConvertTo-JoinedText {
    param($Value, [string]$Member)
    if ($Value -is [string]) { return $Value }
    if ($Value -isnot [array]) { throw (New-Failure 'malformed' ($Member + ': expected a string or an array of strings.')) }
    foreach ($piece in $Value) {
        if ($piece -isnot [string]) { throw (New-Failure 'malformed' ($Member + ': expected an array of strings only.')) }
    }
    return [string]::Join('', [string[]]$Value)
}

# The member's text; an empty text where it may be missing.
function Get-TextMember {
    param($Object, [string]$Member, [string]$Pattern, [bool]$Optional)
    if (-not $Object.ContainsKey($Member)) {
        if ($Optional) { return '' }
        throw (New-Failure 'malformed' ($Member + ': missing.'))
    }
    $text = ConvertTo-JoinedText $Object[$Member] $Member
    if ($text -cnotmatch $Pattern) {
        throw (New-Failure 'malformed' ($Member + ': received ' + (Limit-Text $text) + ', which does not match ' + $Pattern + '.'))
    }
    return $text
}

# The member's object; an empty one where it may be missing.
function Get-ObjectMember {
    param($Object, [string]$Member, [bool]$Optional)
    if ($Object.ContainsKey($Member)) {
        if ($Object[$Member] -is [System.Collections.IDictionary]) { return $Object[$Member] }
        throw (New-Failure 'malformed' ($Member + ': expected an object.'))
    }
    if ($Optional) { return [System.Collections.Generic.Dictionary[string,object]]::new() }
    throw (New-Failure 'malformed' ($Member + ': missing.'))
}

# A list of texts.
function ConvertTo-TextList {
    param($Value, [string]$Member)
    if ($Value -isnot [array]) { throw (New-Failure 'malformed' ($Member + ': expected an array of strings.')) }
    foreach ($item in $Value) {
        if ($item -isnot [string]) { throw (New-Failure 'malformed' ($Member + ': expected an array of strings only.')) }
    }
    return , [string[]]$Value
}

function Assert-Protocol {
    param($Object)
    if (-not $Object.ContainsKey('protocol')) { throw (New-Failure 'malformed' 'protocol: missing.') }
    if ($Object['protocol'] -isnot [long] -or $Object['protocol'] -ne 1) {
        throw (New-Failure 'protocol' ('protocol: received ' + (Limit-Text (ConvertTo-JsonText $Object['protocol'])) + '; this module speaks protocol 1. Install the module that belongs to the program.'))
    }
}

# ---------------------------------------------------------------- values

# A key as protocol.md writes it, taken apart.
function Split-RegistryKey {
    param([string]$Key)
    $match = [regex]::Match($Key, '\A(HKLM32|HKLM|HKU)\\((?:[^\\]{1,255}\\)*[^\\]{1,255})\z', 'IgnoreCase, CultureInvariant')
    if (-not $match.Success) {
        throw (New-Failure 'malformed' ('key ' + (Limit-Text $Key) + ': expected HKLM\..., HKU\... or HKLM32\SOFTWARE\... with parts of 1 to 255 characters.'))
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
    try { [void](Split-RegistryKey $place.key) }
    catch { return $false }
    return $true
}

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
    if ($Value -is [byte[]]) {
        $hex = [System.BitConverter]::ToString($Value).Replace('-', '').ToLowerInvariant()
        if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::Binary) { return 'binary:' + $hex }
        if ($Kind -eq [Microsoft.Win32.RegistryValueKind]::None) { return 'none:' + $hex }
    }
    return 'unknown:malformed'
}

# The registry's kind and data of a notation that can be written; $null where it is none. What a notation means is
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

function Test-AsDesired {
    param([string]$Present, [string]$Desired)
    if (Test-SameText $Present $Desired) { return $true }
    return $Desired -cmatch '\Adword:[1-9][0-9]* or nonzero\z' -and $Present -cmatch '\Adword:[1-9]'
}

# ---------------------------------------------------------------- the registry
# All reading and writing of the registry goes through the five functions of this part; tests put others in their place.

# Notations by name, in the spelling asked. Opens the key for reading only. Never throws for what the host refuses.
function Read-RegistryValue {
    param([string]$Key, [string[]]$Names)
    $notations = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::Ordinal)
    $place = Split-RegistryKey $Key
    $base = $null
    $open = $null
    $existing = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($place.hive, $place.view)
        $open = $base.OpenSubKey($place.path, $false)
        foreach ($name in $Names) {
            $notations[$name] = 'absent'
            if ($null -eq $open) { continue }
            $valueName = Get-RegistryName $name
            try {
                $value = $open.GetValue($valueName, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
                if ($null -ne $value) {
                    $notations[$name] = ConvertTo-Notation ($open.GetValueKind($valueName)) $value
                    continue
                }
                # Nothing is there, or a type that .NET does not read.
                if ($null -eq $existing) {
                    $existing = [System.Collections.Generic.HashSet[string]]::new([string[]]$open.GetValueNames(), [System.StringComparer]::OrdinalIgnoreCase)
                }
                if ($existing.Contains($valueName)) { $notations[$name] = 'unknown:type' }
            }
            catch { $notations[$name] = 'unknown:' + (Get-Reason $_) }
        }
    }
    catch {
        foreach ($name in $Names) { $notations[$name] = 'unknown:' + (Get-Reason $_) }
    }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
    return $notations
}

# The names of all values of a key; none where there is no such key.
function Get-RegistryValueName {
    param([string]$Key)
    $place = Split-RegistryKey $Key
    $base = $null
    $open = $null
    $names = [string[]]@()
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($place.hive, $place.view)
        $open = $base.OpenSubKey($place.path, $false)
        if ($null -ne $open) { $names = $open.GetValueNames() }
    }
    catch { throw (New-Failure 'denied' ($Key + ' could not be read: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
    return , $names
}

# Writes one value, making the key where it is missing; `absent` deletes the value and leaves the key.
function Write-RegistryValue {
    param([string]$Key, [string]$Name, [string]$Notation)
    $place = Split-RegistryKey $Key
    $valueName = Get-RegistryName $Name
    $data = $null
    if (-not (Test-SameText $Notation 'absent')) {
        $data = ConvertFrom-Notation $Notation
        if ($null -eq $data) { throw (New-Failure 'malformed' ((Get-ValueId $Key $Name) + ': ' + (Limit-Text $Notation) + ' cannot be written.')) }
    }
    $base = $null
    $open = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($place.hive, $place.view)
        if ($null -eq $data) {
            $open = $base.OpenSubKey($place.path, $true)
            if ($null -ne $open) { $open.DeleteValue($valueName, $false) }
        }
        else {
            $open = $base.CreateSubKey($place.path)
            $open.SetValue($valueName, $data.value, $data.kind)
        }
    }
    catch { throw (New-Failure 'denied' ((Get-ValueId $Key $Name) + ' could not be written: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
}

# Makes the records key: SYSTEM and Administrators have full control, $Readers (SIDs) read, nobody inherits anything.
# Where the key exists, $null leaves its access list as it is.
function Initialize-RecordKey {
    param($Readers)
    $path = (Split-RegistryKey $RecordKey).path
    $base = $null
    $open = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
        $open = $base.OpenSubKey($path, $false)
        if ($null -ne $open -and $null -eq $Readers) { return }
        $security = [System.Security.AccessControl.RegistrySecurity]::new()
        $security.SetAccessRuleProtection($true, $false)
        $rules = [System.Collections.Generic.List[object]]::new()
        foreach ($sid in @('S-1-5-18', 'S-1-5-32-544')) { $rules.Add(@{ sid = $sid; rights = [System.Security.AccessControl.RegistryRights]::FullControl }) }
        foreach ($sid in @($Readers)) {
            if ($null -ne $sid) { $rules.Add(@{ sid = $sid; rights = [System.Security.AccessControl.RegistryRights]::ReadKey }) }
        }
        foreach ($rule in $rules) {
            $account = [System.Security.Principal.SecurityIdentifier]::new([string]$rule.sid)
            $security.AddAccessRule([System.Security.AccessControl.RegistryAccessRule]::new($account, $rule.rights,
                [System.Security.AccessControl.InheritanceFlags]::ContainerInherit,
                [System.Security.AccessControl.PropagationFlags]::None,
                [System.Security.AccessControl.AccessControlType]::Allow))
        }
        if ($null -eq $open) { $open = $base.CreateSubKey($path) }
        $open.Close()
        $open = $base.OpenSubKey($path, [Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree, [System.Security.AccessControl.RegistryRights]::FullControl)
        $open.SetAccessControl($security)
    }
    catch { throw (New-Failure 'denied' ($RecordKey + ' could not be made or protected: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $open) { $open.Close() }
        if ($null -ne $base) { $base.Close() }
    }
}

# Deletes the records key with everything in it.
function Remove-RecordKey {
    $base = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
        $base.DeleteSubKeyTree((Split-RegistryKey $RecordKey).path, $false)
    }
    catch { throw (New-Failure 'denied' ($RecordKey + ' could not be deleted: ' + (Get-Reason $_))) }
    finally {
        if ($null -ne $base) { $base.Close() }
    }
}

# ---------------------------------------------------------------- documents and records

# What a document, or the record of one, says of values: owner, document, resource and the desired values.
function ConvertFrom-DocumentObject {
    param($Json)
    $document = @{
        owner    = Get-TextMember $Json 'owner' '\A[^\x00-\x1f]+\z' $false
        document = Get-TextMember $Json 'document' '\A[a-z0-9-]{1,64}\z' $false
        resource = Get-TextMember $Json 'resource' '\A[^\x00-\x1f]+\z' $false
        desired  = [System.Collections.Generic.List[object]]::new()
        ids      = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    }
    foreach ($key in (Get-ObjectMember $Json 'desired' $false).GetEnumerator()) {
        [void](Split-RegistryKey $key.Key)
        if ($key.Value -isnot [System.Collections.IDictionary]) {
            throw (New-Failure 'malformed' ('desired, ' + (Limit-Text $key.Key) + ': expected an object of names.'))
        }
        foreach ($name in $key.Value.GetEnumerator()) {
            $id = Get-ValueId $key.Key $name.Key
            $notation = ConvertTo-JoinedText $name.Value $id
            if ($name.Key.Length -lt 1 -or $id.Length -gt 16383 -or $id.Contains([string][char]0)) {
                throw (New-Failure 'malformed' ('desired, ' + (Limit-Text $id) + ': a name has at least 1 character, key and name together have at most 16,381, and NUL is not one of them.'))
            }
            if (-not (Test-DesiredNotation $notation)) {
                throw (New-Failure 'malformed' ('desired, ' + (Limit-Text $id) + ': received ' + (Limit-Text $notation) + ', which is no notation that can be desired.'))
            }
            if (-not $document.ids.Add((Get-Identity $id))) {
                throw (New-Failure 'malformed' ('desired, ' + (Limit-Text $id) + ': stands there twice (case does not count).'))
            }
            $document.desired.Add(@{ id = $id; key = $key.Key; name = $name.Key; notation = $notation })
        }
    }
    return $document
}

# A document as set and remove get it on stdin. `time` is empty for `not observed`.
function ConvertFrom-Document {
    param([string]$Text)
    $json = ConvertFrom-JsonText $Text
    Assert-Protocol $json
    [void](Get-TextMember $json 'kind' '\Aregistry\z' $false)
    $document = ConvertFrom-DocumentObject $json
    $document.onDestroy = Get-TextMember $json 'onDestroy' '\A(retain|restore)\z' $false
    $document.takeOverFrom = Get-TextMember $json 'takeOverFrom' '\A[^\x00-\x1f]+\z' $true
    $document.handed = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($key in (Get-ObjectMember $json 'handed' $true).GetEnumerator()) {
        foreach ($name in (ConvertTo-TextList $key.Value 'handed')) {
            [void]$document.handed.Add((Get-Identity (Get-ValueId $key.Key $name)))
        }
    }
    $times = [System.Collections.Generic.List[string]]::new()
    foreach ($member in $json.GetEnumerator()) {
        $match = [regex]::Match($member.Key, '\A(?:(?:drift seen|changed|record missing|first seen) (' + $TimePattern + ')|not observed)\z')
        if ($match.Success) { $times.Add($match.Groups[1].Value) }
    }
    if ($times.Count -ne 1) {
        throw (New-Failure 'malformed' ('expected exactly one of drift seen, changed, record missing, first seen (each with a time) and not observed; received ' + $times.Count + '.'))
    }
    $document.time = $times[0]
    return $document
}

# A value record; $null where the text is damaged.
function ConvertFrom-RecordText {
    param([string]$Id, [string]$Text)
    try {
        $json = ConvertFrom-JsonText $Text
        $record = @{ id = $Id; original = ''; written = ''; writing = ''; owner = ''; document = ''; repairs = $null }
        foreach ($member in @('original', 'written', 'writing', 'owner', 'document')) { $record[$member] = Get-TextMember $json $member '' $false }
        $record.repairs = ConvertTo-TextList $json['repairs'] 'repairs'
    }
    catch { return $null }
    if (($record.owner.Length -eq 0) -ne ($record.document.Length -eq 0)) { return $null }
    if (-not (Test-SameText $record.original 'unknown') -and -not (Test-RecordedNotation $record.original)) { return $null }
    if ($record.written.Length -gt 0 -and -not (Test-RecordedNotation $record.written)) { return $null }
    if ($record.writing.Length -gt 0 -and -not (Test-RecordedNotation $record.writing)) { return $null }
    return $record
}

function Test-RecordedNotation {
    param([string]$Notation)
    if (Test-SameText $Notation 'absent') { return $true }
    return $null -ne (ConvertFrom-Notation (Get-Target $Notation))
}

# One line of JSON with the members in the order of protocol.md. The oldest repairs go where a record would be too long.
function ConvertTo-RecordText {
    param($Record)
    $repairs = [System.Collections.Generic.List[string]]::new([string[]]$Record.repairs)
    while ($true) {
        $text = ConvertTo-JsonText ([ordered]@{
                original = $Record.original
                written  = $Record.written
                writing  = $Record.writing
                owner    = $Record.owner
                document = $Record.document
                repairs  = $repairs
            })
        if ($text.Length -le $RecordLimit) { return $text }
        if ($repairs.Count -eq 0) {
            throw (New-Failure 'size' ((Limit-Text $Record.id) + ': its record would have ' + $text.Length + ' characters, more than ' + $RecordLimit + '. Declare a shorter value.'))
        }
        $repairs.RemoveAt(0)
    }
}

# The texts of `Values` or `Documents` by name; `unknown:REASON` where one is no text or cannot be read.
function Read-RecordText {
    param([string]$Part)
    $texts = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    $key = $RecordKey + '\' + $Part
    $names = Get-RegistryValueName $key
    $notations = Read-RegistryValue $key $names
    foreach ($name in $names) {
        if ($name.Length -eq 0) { continue }
        $text = $notations[$name]
        if ($text.StartsWith('string:', [System.StringComparison]::Ordinal)) { $texts[$name] = $text.Substring(7) }
        elseif ($text.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { $texts[$name] = $text }
        else { $texts[$name] = 'unknown:type' }
    }
    return $texts
}

function Write-Record {
    param($Record)
    Write-RegistryValue ($RecordKey + '\Values') $Record.id ('string:' + (ConvertTo-RecordText $Record))
}

# All records by identity, with what stands in for lost ones (rule 3), and the documents that were read.
function Read-RecordStore {
    $comparer = [System.StringComparer]::OrdinalIgnoreCase
    $store = @{
        records   = [System.Collections.Generic.Dictionary[string,object]]::new($comparer)
        documents = [System.Collections.Generic.Dictionary[string,object]]::new($comparer)
        supplied  = [System.Collections.Generic.List[object]]::new()
        damaged   = [System.Collections.Generic.Dictionary[string,object]]::new($comparer)
    }
    foreach ($entry in (Read-RecordText 'Values').GetEnumerator()) {
        if (-not (Test-ValueId $entry.Key)) { continue }
        $identity = Get-Identity $entry.Key
        $record = ConvertFrom-RecordText $entry.Key $entry.Value
        if ($null -eq $record) {
            $store.damaged[$identity] = $entry.Key
            continue
        }
        # Two spellings of one value: the record that somebody owns counts.
        if ($store.records.ContainsKey($identity) -and $store.records[$identity].owner.Length -gt 0) { continue }
        $store.records[$identity] = $record
    }
    foreach ($entry in (Read-RecordText 'Documents').GetEnumerator()) {
        $document = ConvertFrom-DocumentRecord $entry.Key $entry.Value
        if ($null -ne $document) { $store.documents[$entry.Key] = $document }
    }
    Add-SuppliedRecord $store
    return $store
}

# A document record; $null where it is damaged, which counts as missing.
function ConvertFrom-DocumentRecord {
    param([string]$Name, [string]$Text)
    try {
        $match = [regex]::Match($Text, '\A(' + $TimePattern + ')\r?\n')
        if (-not $match.Success) { return $null }
        $document = ConvertFrom-DocumentObject (ConvertFrom-JsonText ($Text.Substring($match.Length)))
    }
    catch { return $null }
    if (-not [string]::Equals($Name, $document.owner + '/' + $document.document, [System.StringComparison]::OrdinalIgnoreCase)) { return $null }
    $document.writtenAt = $match.Groups[1].Value
    return $document
}

# Rule 3: a value without a readable record which a document record names is taken from the newest such document.
function Add-SuppliedRecord {
    param($Store)
    $newest = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($document in $Store.documents.GetEnumerator()) {
        foreach ($value in $document.Value.desired) {
            $identity = Get-Identity $value.id
            if ($Store.records.ContainsKey($identity)) { continue }
            if ($newest.ContainsKey($identity) -and [string]::CompareOrdinal($newest[$identity].writtenAt, $document.Value.writtenAt) -ge 0) { continue }
            $newest[$identity] = @{ writtenAt = $document.Value.writtenAt; value = $value; document = $document.Value }
        }
    }
    foreach ($entry in $newest.GetEnumerator()) {
        $from = $entry.Value
        $id = $from.value.id
        if ($Store.damaged.ContainsKey($entry.Key)) { $id = $Store.damaged[$entry.Key] }
        $record = @{
            id = $id; original = 'unknown'; written = $from.value.notation; writing = ''
            owner = $from.document.owner; document = $from.document.document; repairs = @()
        }
        $Store.records[$entry.Key] = $record
        $Store.supplied.Add($record)
    }
}

# ---------------------------------------------------------------- set and remove

function Test-Ours {
    param($Record, [string]$Present)
    return (Test-AsDesired $Present $Record.written) -or (Test-AsDesired $Present $Record.writing)
}

# What is there now; a value that cannot be read is never enforced over.
function Get-PresentNotation {
    param([string]$Id)
    $place = Split-ValueId $Id
    $present = (Read-RegistryValue $place.key @($place.name))[$place.name]
    if ($present.StartsWith('unknown:', [System.StringComparison]::Ordinal)) {
        throw (New-Failure 'denied' ($Id + ' could not be read: ' + $present.Substring(8)))
    }
    return $present
}

function New-Run {
    return @{
        journal  = [System.Collections.Generic.List[object]]::new()
        written  = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
        released = [System.Collections.Generic.List[string]]::new()
    }
}

# Writes one managed value and reads it back. The way back is noted first: the record as it stands now, and what was there.
function Write-ManagedValue {
    param($Run, $Record, [string]$Id, [string]$Before, [string]$Target)
    $place = Split-ValueId $Id
    $Run.journal.Add(@{ id = $Id; before = $Before; recordId = $Record.id; recordText = (ConvertTo-RecordText $Record) })
    Write-RegistryValue $place.key $place.name $Target
    $found = Get-PresentNotation $Id
    if (-not (Test-SameText $found $Target)) {
        throw (New-Failure 'mismatch' ($Id + ' reads back as ' + (Limit-Text $found) + ' after ' + (Limit-Text $Target) + ' was written.'))
    }
    if (-not $Run.written.ContainsKey($place.key)) {
        $Run.written[$place.key] = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    }
    $Run.written[$place.key][$place.name] = $Before + ' -> ' + $Target
}

# Puts the values of a failed run back, last one first. Gives the ids of those that could not be.
function Undo-Run {
    param($Run)
    $left = [System.Collections.Generic.List[string]]::new()
    for ($index = $Run.journal.Count - 1; $index -ge 0; $index--) {
        $step = $Run.journal[$index]
        $place = Split-ValueId $step.id
        try { Write-RegistryValue ($RecordKey + '\Values') $step.recordId ('string:' + $step.recordText) }
        catch { Write-Verbose ('The record of ' + $step.id + ' stays as it is: ' + $_.Exception.Message) }
        try {
            if (Test-SameText (Get-PresentNotation $step.id) $step.before) { continue }
            Write-RegistryValue $place.key $place.name $step.before
            if (Test-SameText (Get-PresentNotation $step.id) $step.before) { continue }
        }
        catch { Write-Verbose ($step.id + ' could not be put back: ' + $_.Exception.Message) }
        $left.Add($step.id)
    }
    return , $left.ToArray()
}

# Rule 16.
function Clear-Claim {
    param($Run, $Record, [bool]$Restore)
    $now = Get-PresentNotation $Record.id
    $ours = Test-Ours $Record $now
    $restored = $Restore -and $ours -and -not (Test-SameText $Record.original 'unknown')
    if ($restored) {
        if (-not (Test-SameText $now $Record.original)) { Write-ManagedValue $Run $Record $Record.id $now $Record.original }
        $now = $Record.original
    }
    if ($restored -or -not $ours) { $Record.original = $now }
    $Record.written = $now
    $Record.writing = ''
    $Record.owner = ''
    $Record.document = ''
    Write-Record $Record
    $Run.released.Add($Record.id)
}

# The records of this owner and document whose values are not in $Except. Their values can be read.
function Get-HeldRecord {
    param($Store, $Document, $Except)
    $held = [System.Collections.Generic.List[object]]::new()
    foreach ($entry in $Store.records.GetEnumerator()) {
        $record = $entry.Value
        if (-not (Test-SameText $record.owner $Document.owner) -or -not (Test-SameText $record.document $Document.document)) { continue }
        $skip = $false
        foreach ($ids in $Except) { if ($ids.Contains($entry.Key)) { $skip = $true } }
        if ($skip) { continue }
        [void](Get-PresentNotation $record.id)
        $held.Add($record)
    }
    return , $held.ToArray()
}

# Rule 9.
function Assert-Owner {
    param($Store, $Document)
    foreach ($value in $Document.desired) {
        $identity = Get-Identity $value.id
        if (-not $Store.records.ContainsKey($identity)) { continue }
        $record = $Store.records[$identity]
        if ($record.owner.Length -eq 0 -or (Test-SameText $record.owner $Document.owner) -or (Test-SameText $record.owner $Document.takeOverFrom)) { continue }
        throw (New-Failure 'owner' ($value.id + ' belongs to ' + $record.owner + ' (document ' + $record.document + '), not to ' + $Document.owner +
                '. Drop it there first, or name that stack in takeOverFrom.'))
    }
}

# Rule 11: what the record of a desired value becomes before the value is written.
function Get-ClaimedRecord {
    param($Store, $Document, $Value, [string]$Present)
    $identity = Get-Identity $Value.id
    if ($Store.records.ContainsKey($identity)) {
        $record = $Store.records[$identity]
        $released = $record.owner.Length -eq 0
        if ($released -and -not (Test-SameText $Present $record.written)) {
            $record.original = $Present
            $record.written = ''
        }
        elseif (Test-Ours $record $Present) { $record.written = $Present }
    }
    elseif ($Store.damaged.ContainsKey($identity)) {
        # Unreadable and named by no document: released, with an original that nobody knows.
        $record = @{ id = $Store.damaged[$identity]; original = 'unknown'; written = $Present; writing = ''; owner = ''; document = ''; repairs = @() }
    }
    else {
        $record = @{ id = $Value.id; original = $Present; written = ''; writing = ''; owner = ''; document = ''; repairs = @() }
    }
    $record.owner = $Document.owner
    $record.document = $Document.document
    $record.writing = $Value.notation
    return $record
}

# Rules 9 to 14.
function Set-Document {
    param($Document, [string]$Text, $Run)
    $store = Read-RecordStore
    $supplied = [System.Collections.Generic.List[object]]::new()
    foreach ($record in $store.supplied) { $supplied.Add((Copy-Record $record)) }
    Assert-Owner $store $Document
    $claims = [System.Collections.Generic.List[object]]::new()
    $held = Get-HeldRecord $store $Document @($Document.ids, $Document.handed)
    foreach ($value in $Document.desired) {
        $record = Get-ClaimedRecord $store $Document $value (Get-PresentNotation $value.id)
        [void](ConvertTo-RecordText $record)
        $claims.Add(@{ value = $value; record = $record })
    }
    $name = $Document.owner + '/' + $Document.document
    $documentText = (Format-Time ([datetime]::UtcNow)) + "`n" + $Text
    if ($documentText.Length -gt $RecordLimit) {
        throw (New-Failure 'size' ('document ' + $Document.document + ': its record would have ' + $documentText.Length + ' characters, more than ' + $RecordLimit + '. Divide it.'))
    }

    # Everything was read and may be written: the first change of this host comes after this line.
    Initialize-RecordKey $null
    Set-Holder $name
    foreach ($record in $supplied) { Write-Record $record }
    foreach ($claim in $claims) { Write-Record $claim.record }
    Write-RegistryValue ($RecordKey + '\Documents') $name ('string:' + $documentText)
    foreach ($claim in $claims) {
        $record = $claim.record
        $present = Get-PresentNotation $claim.value.id
        if (-not (Test-AsDesired $present $claim.value.notation)) {
            $target = Get-Target $claim.value.notation
            Write-ManagedValue $Run $record $claim.value.id $present $target
            $repairs = @($record.repairs) + ((Format-Time ([datetime]::UtcNow)) + ' ' + $present + ' -> ' + $target)
            $record.repairs = @($repairs | Select-Object -Last 5)
        }
        $record.written = $claim.value.notation
        $record.writing = ''
        Write-Record $record
    }
    foreach ($record in $held) { Clear-Claim $Run $record (Test-SameText $Document.onDestroy 'restore') }
}

function Copy-Record {
    param($Record)
    return @{
        id = $Record.id; original = $Record.original; written = $Record.written; writing = $Record.writing
        owner = $Record.owner; document = $Record.document; repairs = $Record.repairs
    }
}

# Rule 15.
function Remove-Document {
    param($Document, $Run)
    $store = Read-RecordStore
    $name = $Document.owner + '/' + $Document.document
    if (-not $store.documents.ContainsKey($name)) { return }
    if (-not (Test-SameText $store.documents[$name].resource $Document.resource)) { return }
    $held = Get-HeldRecord $store $Document @()
    Set-Holder $name
    foreach ($record in $store.supplied) { Write-Record $record }
    foreach ($record in $held) { Clear-Claim $Run $record $true }
    Write-RegistryValue ($RecordKey + '\Documents') $name 'absent'
}

# ---------------------------------------------------------------- the mutex

function Set-Holder {
    param([string]$Who)
    Write-RegistryValue $RecordKey 'Holder' ('string:' + $Who + ', process ' + $PID + ', since ' + (Format-Time ([datetime]::UtcNow)))
}

function Enter-HostMutex {
    try { $mutex = [System.Threading.Mutex]::new($false, 'Global\HybridIdentity') }
    catch {
        throw (New-Failure 'mutex' ('Global\HybridIdentity could not be opened, so another account made it: ' + (Get-Reason $_) +
                '. End the process of that account, or wait for it.'))
    }
    $free = $false
    try { $free = $mutex.WaitOne(60000) }
    catch [System.Threading.AbandonedMutexException] {
        # Its holder was killed. The records are safe against that, and the mutex is ours now.
        $free = $true
    }
    if ($free) { return $mutex }
    $mutex.Dispose()
    $holder = (Read-RegistryValue $RecordKey @('Holder'))['Holder']
    throw (New-Failure 'mutex' ('Global\HybridIdentity was not free within 60 seconds. Its holder: ' + (Limit-Text ([regex]::Replace($holder, '\Astring:', ''))) + '.'))
}

# Also takes away the name of the holder, where this run has come to write it.
function Exit-HostMutex {
    param($Mutex)
    try {
        $holder = (Read-RegistryValue $RecordKey @('Holder'))['Holder']
        if (-not (Test-SameText $holder 'absent')) { Write-RegistryValue $RecordKey 'Holder' 'absent' }
    }
    catch { Write-Verbose ('The name of the holder stays: ' + $_.Exception.Message) }
    finally {
        $Mutex.ReleaseMutex()
        $Mutex.Dispose()
    }
}

# ---------------------------------------------------------------- facts

function Test-Elevated {
    $principal = [System.Security.Principal.WindowsPrincipal]::new([System.Security.Principal.WindowsIdentity]::GetCurrent())
    return $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

# Constrained language mode forbids most of this module, the raw output stream too, so this one failure is no frame.
function Assert-FullLanguage {
    $mode = "$($ExecutionContext.SessionState.LanguageMode)"
    if ($mode -cne 'FullLanguage') {
        throw ('HybridIdentity: language: this session is in ' + $mode + ' mode. Let the policy of this host trust the module''s files and use module: "preinstalled".')
    }
}

function Assert-Bitness {
    if ([System.Environment]::Is64BitOperatingSystem -and -not [System.Environment]::Is64BitProcess) {
        throw (New-Failure 'bitness' 'This is a 32-bit process on a 64-bit Windows. Use a 64-bit sshd and a 64-bit PowerShell.')
    }
}

function Assert-Elevation {
    if (-not (Test-Elevated)) {
        throw (New-Failure 'elevation' 'This needs an elevated token. Log on with an account of the Administrators group.')
    }
}

# Needs no rights and no CIM: the performance counter starts at boot, and Get-Uptime of PowerShell 7 reads the same. The
# tick count, which wraps after 49.7 days, has to agree: where it does not, the time is not known.
function Get-BootTime {
    $seconds = [System.Diagnostics.Stopwatch]::GetTimestamp() / [System.Diagnostics.Stopwatch]::Frequency
    $ticks = [System.BitConverter]::ToUInt32([System.BitConverter]::GetBytes([int][System.Environment]::TickCount), 0)
    $apart = [Math]::Abs(($seconds * 1000) % 4294967296 - $ticks)
    if ([Math]::Min($apart, 4294967296 - $apart) -gt 600000) { return '' }
    $boot = [datetime]::UtcNow.AddSeconds(-$seconds)
    return Format-Time ($boot.AddTicks(-($boot.Ticks % 10000000)))
}

function Get-HostFact {
    $windows = Read-RegistryValue 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion' @('CurrentBuildNumber', 'ProductName')
    $build = 0
    [void][int]::TryParse([regex]::Replace($windows['CurrentBuildNumber'], '\Astring:', ''), [ref]$build)
    $name = ''
    if ($windows['ProductName'].StartsWith('string:', [System.StringComparison]::Ordinal)) { $name = $windows['ProductName'].Substring(7) }
    return [ordered]@{
        computerName = [System.Environment]::MachineName
        user         = [System.Security.Principal.WindowsIdentity]::GetCurrent().Name
        elevated     = Test-Elevated
        osBuild      = $build
        osName       = $name
        bootTime     = Get-BootTime
        now          = Format-Time ([datetime]::UtcNow)
        powershell   = "$($PSVersionTable.PSVersion)"
        languageMode = "$($ExecutionContext.SessionState.LanguageMode)"
    }
}

# State and start of a service. CIM is slow to start, so it is asked only for services that exist.
function Get-ServiceFact {
    param([string]$Name)
    $fact = [ordered]@{ state = 'absent'; startTime = '' }
    if ($Name -cnotmatch '\A[^\\/''"%]{1,256}\z') { throw (New-Failure 'malformed' ('services: received ' + (Limit-Text $Name) + ', which is no name of a service.')) }
    $registered = Read-RegistryValue ('HKLM\SYSTEM\CurrentControlSet\Services\' + $Name) @('Start')
    if (Test-SameText $registered['Start'] 'absent') { return $fact }
    $fact.state = 'unknown'
    try {
        $service = Get-CimInstance -ClassName Win32_Service -Filter ("Name='" + $Name + "'") -Property @('State', 'ProcessId')
        if ($null -eq $service) { return $fact }
        $fact.state = [string]$service.State
        if ($service.ProcessId -gt 0) {
            $process = Get-CimInstance -ClassName Win32_Process -Filter ('ProcessId=' + $service.ProcessId) -Property @('CreationDate')
            if ($null -ne $process -and $null -ne $process.CreationDate) { $fact.startTime = Format-Time ($process.CreationDate.ToUniversalTime()) }
        }
    }
    catch { Write-Verbose ($Name + ' could not be asked: ' + $_.Exception.Message) }
    return $fact
}

# ---------------------------------------------------------------- the installed module

function Get-ModuleFolder {
    return [System.IO.Path]::Combine([System.Environment]::GetFolderPath('ProgramFiles'), 'WindowsPowerShell', 'Modules', 'HybridIdentity')
}

# The text of psm1 followed by psd1, byte for byte; a missing file is empty. Without the blocks that signing appends, where asked.
function Read-ModuleText {
    param([string]$Folder, [bool]$Unsigned)
    $text = ''
    foreach ($file in @('HybridIdentity.psm1', 'HybridIdentity.psd1')) {
        $path = [System.IO.Path]::Combine($Folder, $file)
        if ([System.IO.File]::Exists($path)) {
            $part = [System.Text.Encoding]::GetEncoding(28591).GetString([System.IO.File]::ReadAllBytes($path))
            if ($Unsigned) { $part = [regex]::Replace($part, '\r?\n# SIG # Begin signature block[\s\S]*\z', '') }
            $text += $part
        }
    }
    return $text
}

# All installed versions: folders whose name is a version.
function Get-ModuleVersion {
    $versions = [System.Collections.Generic.List[object]]::new()
    $folder = Get-ModuleFolder
    if ([System.IO.Directory]::Exists($folder)) {
        foreach ($path in [System.IO.Directory]::GetDirectories($folder)) {
            $name = [System.IO.Path]::GetFileName($path)
            if ($name -cmatch '\A[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}\z') { $versions.Add(@{ version = [version]$name; name = $name; path = $path }) }
        }
    }
    return , $versions.ToArray()
}

# The newest 1.x, which is what the commands import; $null where there is none.
function Get-NewestModule {
    $newest = $null
    foreach ($candidate in (Get-ModuleVersion)) {
        if ($candidate.version.Major -ne 1) { continue }
        if ($null -eq $newest -or $candidate.version -gt $newest.version) { $newest = $candidate }
    }
    if ($null -eq $newest) { return $null }
    $text = Read-ModuleText $newest.path $false
    $unsigned = Read-ModuleText $newest.path $true
    return [ordered]@{ version = $newest.name; sha256 = (Get-Sha256 $text); unsignedSha256 = (Get-Sha256 $unsigned) }
}

# SIDs of the accounts that may read the records.
function Resolve-Reader {
    param([string[]]$Readers)
    $sids = [System.Collections.Generic.List[string]]::new()
    foreach ($reader in $Readers) {
        try {
            if ($reader -cmatch '\AS-1-[0-9-]+\z') { $sids.Add([System.Security.Principal.SecurityIdentifier]::new($reader).Value) }
            else { $sids.Add([System.Security.Principal.NTAccount]::new($reader).Translate([System.Security.Principal.SecurityIdentifier]).Value) }
        }
        catch { throw (New-Failure 'install' ('readers: ' + (Limit-Text $reader) + ' is no account that this host knows: ' + (Get-Reason $_))) }
    }
    return , $sids.ToArray()
}

# Writes the module beside its place, verifies it and renames it into place. Gives $false where it is there already.
function Install-ModuleFile {
    param([string]$Version, [string]$Psm1, [string]$Psd1, [string]$Sha256)
    $folder = Get-ModuleFolder
    $target = [System.IO.Path]::Combine($folder, $Version)
    if ((Get-Sha256 (Read-ModuleText $target $false)) -ceq $Sha256) { return $false }
    $mark = [guid]::NewGuid().ToString('N')
    $new = [System.IO.Path]::Combine($folder, 'new-' + $mark)
    $old = [System.IO.Path]::Combine($folder, 'old-' + $mark)
    try {
        [void][System.IO.Directory]::CreateDirectory($new)
        [System.IO.File]::WriteAllText([System.IO.Path]::Combine($new, 'HybridIdentity.psm1'), $Psm1, [System.Text.Encoding]::ASCII)
        [System.IO.File]::WriteAllText([System.IO.Path]::Combine($new, 'HybridIdentity.psd1'), $Psd1, [System.Text.Encoding]::ASCII)
        if ((Get-Sha256 (Read-ModuleText $new $false)) -cne $Sha256) {
            throw (New-Failure 'install' ('The files in ' + $new + ' do not read back as they were written.'))
        }
        if ([System.IO.Directory]::Exists($target)) { [System.IO.Directory]::Move($target, $old) }
        [System.IO.Directory]::Move($new, $target)
    }
    catch {
        if (-not [System.IO.Directory]::Exists($target) -and [System.IO.Directory]::Exists($old)) { [System.IO.Directory]::Move($old, $target) }
        throw
    }
    return $true
}

# Takes away older versions, which nothing needs (newer modules read older documents), and what a killed install left.
# Gives the versions. A folder that is in use stays until the next install.
function Remove-OldModule {
    param([string]$Version)
    $removed = [System.Collections.Generic.List[string]]::new()
    foreach ($candidate in (Get-ModuleVersion)) {
        if ($candidate.version -ge [version]$Version) { continue }
        try {
            [System.IO.Directory]::Delete($candidate.path, $true)
            $removed.Add($candidate.name)
        }
        catch { Write-Verbose ($candidate.path + ' stays: ' + (Get-Reason $_)) }
    }
    foreach ($path in [System.IO.Directory]::GetDirectories((Get-ModuleFolder))) {
        if ([System.IO.Path]::GetFileName($path) -cnotmatch '\A(new|old)-[0-9a-f]{32}\z') { continue }
        try { [System.IO.Directory]::Delete($path, $true) }
        catch { Write-Verbose ($path + ' stays: ' + (Get-Reason $_)) }
    }
    return , $removed.ToArray()
}

# ---------------------------------------------------------------- operations

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
    [void](Get-TextMember $Request 'owner' '\A[^\x00-\x1f]+\z' $false)
    $values = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    foreach ($key in (Get-ObjectMember $Request 'values' $false).GetEnumerator()) {
        $names = ConvertTo-TextList $key.Value ('values, ' + (Limit-Text $key.Key))
        $values[$key.Key] = Read-RegistryValue $key.Key $names
    }
    $services = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    if ($Request.ContainsKey('services')) {
        foreach ($name in (ConvertTo-TextList $Request['services'] 'services')) { $services[$name] = Get-ServiceFact $name }
    }
    $marker = (Read-RegistryValue $RecordKey @('Module'))['Module']
    if ($marker.StartsWith('string:', [System.StringComparison]::Ordinal)) { $marker = $marker.Substring(7) } else { $marker = '' }
    try { $records = [ordered]@{ values = (Read-RecordText 'Values'); documents = (Read-RecordText 'Documents') } }
    catch { $records = 'unknown:denied' }
    $Reply['facts'] = Get-HostFact
    $Reply['module'] = Get-NewestModule
    $Reply['marker'] = $marker
    $Reply['values'] = $values
    $Reply['services'] = $services
    $Reply['records'] = $records
}

function Add-Installation {
    param($Request, $Reply)
    $version = Get-TextMember $Request 'version' '\A[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}\z' $false
    $sha256 = Get-TextMember $Request 'sha256' '\A[0-9a-f]{64}\z' $false
    $marker = Get-TextMember $Request 'marker' '\A[\x20-\x7e]{1,200}\z' $false
    $psm1 = Get-TextMember $Request 'psm1' '\A[\x00-\x7f]+\z' $false
    $psd1 = Get-TextMember $Request 'psd1' '\A[\x00-\x7f]+\z' $false
    if (-not $Request.ContainsKey('readers')) { throw (New-Failure 'malformed' 'readers: missing.') }
    $readers = ConvertTo-TextList $Request['readers'] 'readers'
    Assert-Elevation
    if ((Get-Sha256 ($psm1 + $psd1)) -cne $sha256) { throw (New-Failure 'install' 'sha256: the module that arrived has another hash.') }
    $sids = Resolve-Reader $readers
    $mutex = Enter-HostMutex
    try {
        Initialize-RecordKey $sids
        Set-Holder ('install ' + $version)
        $changed = Install-ModuleFile $version $psm1 $psd1 $sha256
        $removed = Remove-OldModule $version
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
    $document = ConvertFrom-Document $Text
    $set = $Operation -ceq 'set'
    if ($set -and $document.time.Length -eq 0) {
        throw (New-Failure 'not observed' ('document ' + $document.document + ': this host was not observed, so nothing is enforced. Run again when it can be reached.'))
    }
    Assert-Elevation
    $run = New-Run
    $mutex = Enter-HostMutex
    try {
        if ($set) { Set-Document $document $Text $run } else { Remove-Document $document $run }
    }
    catch {
        $exception = Get-InnerException $_
        $left = Undo-Run $run
        if ($left.Length -gt 0) { $exception.Data['host'] = 'partly changed: ' + [string]::Join(', ', $left) }
        throw $exception
    }
    finally {
        Exit-HostMutex $mutex
    }
    $Reply['document'] = $document.document
    $Reply['owner'] = $document.owner
    $Reply['time'] = $document.time
    $Reply['written'] = $run.written
    $Reply['released'] = $run.released
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
        if ($exception.Data.Contains('code')) { $code = $exception.Data['code'] }
        $standing = 'as it was'
        if ($exception.Data.Contains('host')) { $standing = $exception.Data['host'] }
        $reply = [ordered]@{
            protocol = 1; operation = $operation; ok = $false
            error = [ordered]@{ code = $code; message = $message }; host = $standing
        }
        $message = $code + ': ' + $message
    }
    Write-Frame $reply
    return $message
}

# For the block of protocol.md, which exits by what this gives.
function Invoke-HybridIdentityRequest {
    param([string]$Json)
    return (Invoke-Operation @('observe', 'install') $Json).Length -eq 0
}

function Complete-Command {
    param([string]$Operation)
    $message = Invoke-Operation $Operation ([System.Console]::In.ReadToEnd())
    if ($message.Length -gt 0) { throw ('HybridIdentity: ' + $message) }
}

# ---------------------------------------------------------------- exported

function Get-HybridIdentityState {
    <#
    .SYNOPSIS
    Reads an observe request from standard input and answers it. Changes nothing and needs no elevation.
    #>
    [CmdletBinding()]
    param()
    Complete-Command 'observe'
}

function Set-HybridIdentityState {
    <#
    .SYNOPSIS
    Reads a document from standard input and enforces it: writes values that differ, reads them back, keeps the records.
    #>
    [CmdletBinding()]
    param()
    Complete-Command 'set'
}

function Remove-HybridIdentityState {
    <#
    .SYNOPSIS
    Reads a document from standard input and lets its values go, each with what was there before.
    #>
    [CmdletBinding()]
    param()
    Complete-Command 'remove'
}

function Initialize-HybridIdentity {
    <#
    .SYNOPSIS
    Makes the records key on a host where administrators install this module themselves.
    .PARAMETER Readers
    Accounts or SIDs that may read the records, for example the group of an observer account. Replaces the present ones.
    #>
    [CmdletBinding()]
    param([string[]]$Readers = @())
    Assert-FullLanguage
    Assert-Bitness
    Assert-Elevation
    $sids = Resolve-Reader $Readers
    $mutex = Enter-HostMutex
    try { Initialize-RecordKey $sids }
    finally { Exit-HostMutex $mutex }
}

function Uninstall-HybridIdentity {
    <#
    .SYNOPSIS
    Removes this module in all versions, and the records. Values stay as they are.
    .PARAMETER Force
    Also where stacks still manage values of this host: their originals are forgotten.
    #>
    [CmdletBinding()]
    param([switch]$Force)
    Assert-FullLanguage
    Assert-Bitness
    Assert-Elevation
    $mutex = Enter-HostMutex
    try {
        $owners = [System.Collections.Generic.SortedSet[string]]::new([System.StringComparer]::Ordinal)
        foreach ($entry in (Read-RecordStore).records.GetEnumerator()) {
            if ($entry.Value.owner.Length -gt 0) { [void]$owners.Add($entry.Value.owner + '/' + $entry.Value.document) }
        }
        if ($owners.Count -gt 0 -and -not $Force) {
            throw (New-Failure 'owner' ('Values of this host are still managed by ' + [string]::Join(', ', [string[]]@($owners)) + '. Destroy those first, or use -Force and lose what was there before.'))
        }
        Remove-RecordKey
        $folder = Get-ModuleFolder
        if ([System.IO.Directory]::Exists($folder)) { [System.IO.Directory]::Delete($folder, $true) }
    }
    finally {
        Exit-HostMutex $mutex
    }
}

if ($ExecutionContext.SessionState.Module) {
    Export-ModuleMember -Function @(
        'Get-HybridIdentityState'
        'Initialize-HybridIdentity'
        'Remove-HybridIdentityState'
        'Set-HybridIdentityState'
        'Uninstall-HybridIdentity'
    )
}
