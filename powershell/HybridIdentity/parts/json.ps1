# How is JSON read and written, the same in 5.1 and 7?
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
    if ($Depth -gt 16) { throw (Get-Failure 'malformed' 'JSON: more than 16 levels deep.') }
    if ($token -ceq '{') {
        $object = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
        # Not $object.Count: a dot on a dictionary finds a member of that name first.
        $first = $true
        while ($tokens[$Reader.index] -cne '}') {
            if (-not $first) { Skip-JsonMark $Reader ',' }
            $first = $false
            $token = $tokens[$Reader.index]
            if (-not $token.StartsWith('"', [System.StringComparison]::Ordinal)) {
                throw (Get-Failure 'malformed' ("JSON: expected a member's name at token " + $Reader.index + '.'))
            }
            $Reader.index++
            $name = ConvertFrom-JsonString ($token.Substring(1, $token.Length - 2))
            Skip-JsonMark $Reader ':'
            if ($object.ContainsKey($name)) {
                throw (Get-Failure 'malformed' ('JSON: member ' + (Limit-Text $name) + ' stands there twice.'))
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
    throw (Get-Failure 'malformed' ('JSON: unexpected end or mark at token ' + ($Reader.index - 1) + '.'))
}

function Skip-JsonMark {
    param($Reader, [string]$Mark)
    if ($Reader.tokens[$Reader.index] -cne $Mark) {
        throw (Get-Failure 'malformed' ('JSON: expected ' + $Mark + ' at token ' + $Reader.index + '.'))
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
    if ([regex]::IsMatch($Text.Substring($end), '[^ \t\r\n]')) {
        throw (Get-Failure 'malformed' ('JSON: cannot be read from character ' + $end + ' on.'))
    }
    if ($tokens.Count -eq 0) { throw (Get-Failure 'malformed' 'nothing came on standard input.') }
    # The end, which is no value and no mark.
    $tokens.Add('')
    $reader = @{ tokens = $tokens.ToArray(); index = 0 }
    $value = Read-JsonValue $reader 0
    if ($reader.index -lt $tokens.Count - 1) {
        throw (Get-Failure 'malformed' ('JSON: goes on after its end, at token ' + $reader.index + '.'))
    }
    if ($value -isnot [System.Collections.IDictionary]) { throw (Get-Failure 'malformed' 'JSON: expected an object.') }
    return $value
}

# A text, which may travel as an array of texts to keep lines short.
