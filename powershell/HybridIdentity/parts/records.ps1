# A value record; $null where the text is damaged.
function ConvertFrom-RecordText {
    param([string]$Id, [string]$Text)
    try {
        $json = ConvertFrom-JsonText $Text
        $record = @{ id = $Id; original = ''; written = ''; writing = ''; owner = ''; document = ''; repairs = $null }
        foreach ($member in @('original', 'written', 'writing', 'owner', 'document')) {
            # A host may have thousands of these, and a call of a function is what takes time.
            if ($json.ContainsKey($member) -and $json[$member] -is [string]) { $record[$member] = $json[$member] }
            else { $record[$member] = Get-TextMember $json $member '' $false }
        }
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
    # Nearly all of them, told without taking them apart.
    if ($Notation -cmatch '\A(?:absent\z|string:|expand:|dword:(?:0|[1-9][0-9]{0,8})\z|(?:binary|none|hex\([4b]\)):(?>[0-9a-f]{2})*\z)') { return $true }
    return $null -ne (ConvertFrom-Notation (Get-Target $Notation))
}

# One line of JSON with the members in the order of protocol.md. The oldest repairs go where a record would be too long.
function ConvertTo-RecordText {
    param($Record)
    $repairs = [System.Collections.Generic.List[string]]::new([string[]]$Record.repairs)
    while ($true) {
        # Member by member: a host may have thousands of records, and a call of a function is what takes time.
        $text = '{'
        foreach ($member in @('original', 'written', 'writing', 'owner', 'document')) {
            $quoted = '"' + $Record[$member] + '"'
            if ($Record[$member] -cmatch '[^\x20-\x7f]|["\\]') { $quoted = ConvertTo-JsonString $Record[$member] }
            $text += '"' + $member + '":' + $quoted + ','
        }
        $text += '"repairs":' + (ConvertTo-JsonText $repairs) + '}'
        if ($text.Length -le $RecordLimit) { return $text }
        # A released value that is its own original: what was written last says nothing more.
        if ($repairs.Count -eq 0 -and $Record.owner.Length -eq 0 -and $Record.written.Length -gt 0 -and (Test-SameText $Record.written $Record.original)) {
            $Record.written = ''
            continue
        }
        if ($repairs.Count -eq 0) {
            throw (Get-Failure 'size' ((Limit-Text $Record.id) + ': its record would have ' + $text.Length + ' characters, more than ' + $RecordLimit + '. Declare a shorter value.'))
        }
        $repairs.RemoveAt(0)
    }
}

# The last ones of a list. Select-Object would do it too, and load a module for it.
function Get-NewestText {
    param([string[]]$Texts, [int]$Most)
    $newest = [System.Collections.Generic.List[string]]::new($Texts)
    while ($newest.Count -gt $Most) { $newest.RemoveAt(0) }
    return , $newest.ToArray()
}

# The texts of `Values` or `Documents` by name; `unknown:type` where one is no text. Throws where one cannot be read: it may be
# whole, and to take it for a damaged one would lose an original.
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
        elseif ($text.StartsWith('unknown:', [System.StringComparison]::Ordinal) -and -not (Test-SameText $text 'unknown:type')) {
            throw (Get-Failure 'denied' ((Get-ValueId $key $name) + ' could not be read: ' + $text.Substring(8)))
        }
        else { $texts[$name] = 'unknown:type' }
    }
    return $texts
}

# What is there of values that records of this owner name and that were not asked: what a removal would find.
function Read-RecordedValue {
    param([string]$Owner, $Texts, $Asked)
    $found = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    $known = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    # A record is written in one form, so that most can be passed over without being taken apart.
    $mark = '"owner":' + (ConvertTo-JsonText $Owner) + ','
    foreach ($entry in $Texts.GetEnumerator()) {
        if (-not $entry.Value.Contains($mark) -or -not (Test-ValueId $entry.Key)) { continue }
        if ($known.Count -eq 0) {
            foreach ($key in $Asked.GetEnumerator()) {
                foreach ($name in $key.Value.GetEnumerator()) { [void]$known.Add((Get-Identity (Get-ValueId $key.Key $name.Key))) }
            }
        }
        if ($known.Contains((Get-Identity $entry.Key))) { continue }
        $record = ConvertFrom-RecordText $entry.Key $entry.Value
        if ($null -eq $record -or -not (Test-SameText $record.owner $Owner)) { continue }
        $place = Split-ValueId $entry.Key
        if (-not $found.ContainsKey($place.key)) {
            $found[$place.key] = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
        }
        $found[$place.key][$place.name] = (Read-PlacedValue $place.key @($place.name))[$place.name]
    }
    return $found
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
