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

# The failure for a JSON text: what was expected at which of its tokens, or what is wrong with it.
function Get-JsonFailure {
    param([string]$What, [int]$At)
    return Get-Failure 'malformed' ('JSON: ' + $What + ' at token ' + $At + '.')
}

# Objects become dictionaries whose names keep their case, arrays object[], integers of up to 15 digits numbers; no member of the contract is another
# number, so those become $null. One loop without a function for each value: records and documents of a host may have thousands, and a call
# of a function costs as much as all else that is done to a token. Tokens are marks, quoted strings, numbers and words only, so -ceq
# cannot take one for another.
function ConvertFrom-JsonText {
    param([string]$Text)
    $pattern = '\G[ \t\r\n]*([{}\[\]:,]|"(?>[^"\\\x00-\x1f]+|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)'
    $found = [regex]::Matches($Text, $pattern)
    $end = 0
    if ($found.Count -gt 0) { $end = $found[$found.Count - 1].Index + $found[$found.Count - 1].Length }
    if ([regex]::IsMatch($Text.Substring($end), '[^ \t\r\n]')) {
        throw (Get-Failure 'malformed' ('JSON: cannot be read from character ' + $end + ' on.'))
    }
    if ($found.Count -eq 0) { throw (Get-Failure 'malformed' 'nothing came on standard input.') }
    # The objects and arrays that are open, innermost last, and the name of the member whose value comes next, for each.
    $open = [System.Collections.Generic.List[object]]::new()
    $names = [System.Collections.Generic.List[string]]::new()
    $depth = 0
    $inObject = $false
    # value, first value, first name, name, colon, comma or end
    $next = 'value'
    $at = -1
    foreach ($match in $found) {
        $token = $match.Groups[1].Value
        $at++
        $mark = $token[0]
        if ($next -ceq 'colon') {
            if ($mark -cne ':') { throw (Get-JsonFailure 'expected :' $at) }
            $next = 'value'
            continue
        }
        if ($next -ceq 'comma' -and $mark -ceq ',') {
            if ($inObject) { $next = 'name' } else { $next = 'value' }
            continue
        }
        if ($next -ceq 'end') { throw (Get-Failure 'malformed' ('JSON: goes on after its end, at token ' + $at + '.')) }
        $closes = ($inObject -and $mark -ceq '}' -and $next -cne 'name' -and $next -cne 'value') -or
            (-not $inObject -and $mark -ceq ']' -and ($next -ceq 'comma' -or $next -ceq 'first value'))
        if ($closes) {
            $depth -= 1
            $value = $open[$depth]
            if (-not $inObject) { $value = $value.ToArray() }
            $open.RemoveAt($depth)
            $names.RemoveAt($depth)
        }
        elseif ($next -ceq 'comma') { throw (Get-JsonFailure 'expected ,' $at) }
        elseif ($mark -ceq '"') {
            $value = $token.Substring(1, $token.Length - 2)
            if ($value.Contains('\')) { $value = ConvertFrom-JsonString $value }
            if ($next -ceq 'name' -or $next -ceq 'first name') {
                if ($open[$depth - 1].ContainsKey($value)) { throw (Get-Failure 'malformed' ('JSON: member ' + (Limit-Text $value) + ' stands there twice.')) }
                $names[$depth - 1] = $value
                $next = 'colon'
                continue
            }
        }
        elseif ($next -ceq 'name' -or $next -ceq 'first name') { throw (Get-JsonFailure "expected a member's name" $at) }
        elseif ($depth -gt 16) { throw (Get-Failure 'malformed' 'JSON: more than 16 levels deep.') }
        elseif ($mark -ceq '{' -or $mark -ceq '[') {
            $inObject = $mark -ceq '{'
            if ($inObject) { $open.Add([System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)) }
            else { $open.Add([System.Collections.Generic.List[object]]::new()) }
            $names.Add('')
            $depth++
            if ($inObject) { $next = 'first name' } else { $next = 'first value' }
            continue
        }
        elseif ($token -ceq 'true') { $value = $true }
        elseif ($token -ceq 'false') { $value = $false }
        elseif ($token -ceq 'null') { $value = $null }
        elseif ($token -cmatch '\A-?[0-9]{1,15}\z') { $value = [long]$token }
        elseif ($token -cmatch '\A[-0-9]') { $value = $null }
        else { throw (Get-JsonFailure 'unexpected end or mark' $at) }
        # A value is whole, and goes to where it stands.
        $next = 'comma'
        if ($depth -eq 0) { $next = 'end' }
        else {
            $inObject = $open[$depth - 1] -is [System.Collections.IDictionary]
            if ($inObject) { $open[$depth - 1].Add($names[$depth - 1], $value) } else { $open[$depth - 1].Add($value) }
        }
    }
    $expected = @{ colon = 'expected :'; comma = 'expected ,'; name = "expected a member's name"; 'first name' = "expected a member's name" }
    if ($expected.ContainsKey($next)) { throw (Get-JsonFailure $expected[$next] ($at + 1)) }
    if ($next -cne 'end') { throw (Get-JsonFailure 'unexpected end or mark' ($at + 1)) }
    if ($value -isnot [System.Collections.IDictionary]) { throw (Get-Failure 'malformed' 'JSON: expected an object.') }
    return $value
}
