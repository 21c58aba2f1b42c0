# Is a member of a request or document there, and of the right kind?

function ConvertTo-JoinedText {
    param($Value, [string]$Member)
    if ($Value -is [string]) { return $Value }
    if ($Value -isnot [array]) { throw (Get-Failure 'malformed' ($Member + ': expected a string or an array of strings.')) }
    foreach ($piece in $Value) {
        if ($piece -isnot [string]) { throw (Get-Failure 'malformed' ($Member + ': expected an array of strings only.')) }
    }
    return [string]::Join('', [string[]]$Value)
}

# The member's text; an empty text where it may be missing.
function Get-TextMember {
    param($Object, [string]$Member, [string]$Pattern, [bool]$Optional)
    if (-not $Object.ContainsKey($Member)) {
        if ($Optional) { return '' }
        throw (Get-Failure 'malformed' ($Member + ': missing.'))
    }
    $text = ConvertTo-JoinedText $Object[$Member] $Member
    if ($text -cnotmatch $Pattern) {
        throw (Get-Failure 'malformed' ($Member + ': received ' + (Limit-Text $text) + ', which does not match ' + $Pattern + '.'))
    }
    return $text
}

# The member's object; an empty one where it may be missing.
function Get-ObjectMember {
    param($Object, [string]$Member, [bool]$Optional)
    if ($Object.ContainsKey($Member)) {
        if ($Object[$Member] -is [System.Collections.IDictionary]) { return $Object[$Member] }
        throw (Get-Failure 'malformed' ($Member + ': expected an object.'))
    }
    if ($Optional) { return [System.Collections.Generic.Dictionary[string,object]]::new() }
    throw (Get-Failure 'malformed' ($Member + ': missing.'))
}

# A list of texts.
function ConvertTo-TextList {
    param($Value, [string]$Member)
    if ($Value -isnot [array]) { throw (Get-Failure 'malformed' ($Member + ': expected an array of strings.')) }
    foreach ($item in $Value) {
        if ($item -isnot [string]) { throw (Get-Failure 'malformed' ($Member + ': expected an array of strings only.')) }
    }
    return , [string[]]$Value
}

# The member's names; none where it is missing. What is no $What is told, with what was received: names hold no secret.
function Get-NameMember {
    param($Object, [string]$Member, [string]$Pattern, [string]$What)
    if (-not $Object.ContainsKey($Member)) { return , [string[]]@() }
    if ($Object[$Member] -isnot [array]) { throw (Get-Unexpected $Member 'an array of names' $Object[$Member]) }
    foreach ($name in $Object[$Member]) { Assert-Name $name $Member $Pattern $What }
    return , [string[]]$Object[$Member]
}

# The failure for a member that is of the wrong kind.
function Get-Unexpected {
    param([string]$Member, [string]$Expected, $Received)
    return Get-Failure 'malformed' ($Member + ': expected ' + $Expected + '; received ' + (Limit-Text (ConvertTo-JsonText $Received)) + '.')
}

function Assert-Name {
    param($Name, [string]$Member, [string]$Pattern, [string]$What)
    if ($Name -isnot [string] -or $Name -cnotmatch $Pattern) {
        throw (Get-Failure 'malformed' ($Member + ': received ' + (Limit-Text (ConvertTo-JsonText $Name)) + ', which is no ' + $What + '.'))
    }
}

function Assert-Protocol {
    param($Object)
    if (-not $Object.ContainsKey('protocol')) { throw (Get-Failure 'malformed' 'protocol: missing.') }
    if ($Object['protocol'] -isnot [long] -or $Object['protocol'] -ne 1) {
        throw (Get-Failure 'protocol' ('protocol: received ' + (Limit-Text (ConvertTo-JsonText $Object['protocol'])) + '; this module speaks protocol 1. Install the module that belongs to the program.'))
    }
}

# The member's whole number; $Default where it is missing.
function Get-NumberMember {
    param($Object, [string]$Member, [long]$Least, [long]$Most, [long]$Default)
    if (-not $Object.ContainsKey($Member)) { return $Default }
    $number = $Object[$Member]
    if ($number -isnot [long] -or $number -lt $Least -or $number -gt $Most) {
        throw (Get-Failure 'malformed' ($Member + ': expected a whole number from ' + $Least + ' to ' + $Most + '; received ' + (Limit-Text (ConvertTo-JsonText $number)) + '.'))
    }
    return $number
}

# Whether the member is true; false where it is missing.
function Get-FlagMember {
    param($Object, [string]$Member)
    if (-not $Object.ContainsKey($Member)) { return $false }
    if ($Object[$Member] -isnot [bool]) { throw (Get-Unexpected $Member 'true or false' $Object[$Member]) }
    return $Object[$Member]
}
