# What do set and remove write, and in which order, so that nothing is lost wherever they are stopped?

function Test-OwnValue {
    param($Record, [string]$Present)
    return (Test-AsDesired $Present $Record.written) -or (Test-AsDesired $Present $Record.writing)
}

# What is there now; a value that cannot be read is never enforced over.
function Get-PresentNotation {
    param([string]$Id)
    $place = Split-ValueId $Id
    # One that is on its way from one state to another has none that could be written down.
    if ((Test-StateName $place.name) -and (Get-KeyService $place.key).Length -gt 0) { [void](Wait-ServiceState (Get-KeyService $place.key)) }
    $present = (Read-PlacedValue $place.key @($place.name))[$place.name]
    if (Test-SameText $present 'unknown:not loaded') {
        $hive = [regex]::Match($Id, '\A[^\\]+\\[^\\]+').Groups[0].Value
        throw (Get-Failure 'denied' ($Id + ' could not be read: the hive ' + $hive + ' is not loaded. Start the service of that account, or log it on once, and run again.'))
    }
    if ($present.StartsWith('unknown:', [System.StringComparison]::Ordinal)) {
        throw (Get-Failure 'denied' ($Id + ' could not be read: ' + $present.Substring(8)))
    }
    return $present
}

function Get-EmptyRun {
    return @{
        journal  = [System.Collections.Generic.List[object]]::new()
        written  = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
        released = [System.Collections.Generic.List[string]]::new()
        restarted = [System.Collections.Generic.List[string]]::new()
        # A service that a restart has stopped.
        restarting = ''
    }
}

# Writes one managed value and reads it back. The way back is noted first: the record as it stands now, and what was there.
function Write-ManagedValue {
    param($Run, $Record, [string]$Id, [string]$Before, [string]$Target, [bool]$Original)
    $place = Split-ValueId $Id
    # What is stopped along with a service has no record of its own.
    foreach ($name in (Get-StoppedAlong $place $Target)) {
        $Run.journal.Add(@{ id = (Get-ValueId ('SERVICE\' + $name) 'State'); before = 'string:Running'; recordId = ''; recordText = '' })
    }
    $Run.journal.Add(@{ id = $Id; before = $Before; recordId = $Record.id; recordText = (ConvertTo-RecordText $Record) })
    if ($Original) { Write-Original $Id $Target } else { Write-PlacedValue $place.key $place.name $Target }
    $found = Get-PresentNotation $Id
    # Of certificates only those come back that were removed.
    if ($Original -and (Test-CertificateKey $place.key)) { $Target = $found }
    if (-not (Test-SameText $found $Target)) {
        throw (Get-Failure 'mismatch' ($Id + ' reads back as ' + (Limit-Text $found) + ' after ' + (Limit-Text $Target) + ' was written.'))
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
    $steps = $Run.journal.ToArray()
    [array]::Reverse($steps)
    foreach ($step in (Get-OrderedStep $steps 'before')) {
        try { if ($step.recordId.Length -gt 0) { Write-RegistryValue ($RecordKey + '\Values') $step.recordId ('string:' + $step.recordText) } }
        catch { Write-Verbose ('The record of ' + $step.id + ' stays as it is: ' + $_.Exception.Message) }
        try {
            if (Test-SameText (Get-PresentNotation $step.id) $step.before) { continue }
            Write-Original $step.id $step.before
            if (Test-SameText (Get-PresentNotation $step.id) $step.before) { continue }
        }
        catch { Write-Verbose ($step.id + ' could not be put back: ' + $_.Exception.Message) }
        $left.Add($step.id)
    }
    if ($Run.restarting.Length -gt 0 -and (Get-ServiceWord $Run.restarting) -cne 'Running') { $left.Add((Get-ValueId ('SERVICE\' + $Run.restarting) 'State')) }
    return , $left.ToArray()
}

# Steps that each put back what stands in a member of theirs, in the order of Get-PlaceRank.
function Get-OrderedStep {
    param($Steps, [string]$Member)
    $ranked = @([System.Collections.Generic.List[object]]::new(), [System.Collections.Generic.List[object]]::new(), [System.Collections.Generic.List[object]]::new())
    foreach ($step in $Steps) { $ranked[(Get-PlaceRank $step.id $step[$Member])].Add($step) }
    return , ($ranked[0].ToArray() + $ranked[1].ToArray() + $ranked[2].ToArray())
}

# Rule 16.
function Clear-Claim {
    param($Run, $Record, [bool]$Restore)
    $now = Get-PresentNotation $Record.id
    $ours = Test-OwnValue $Record $now
    $restored = $Restore -and $ours -and -not (Test-SameText $Record.original 'unknown') -and (Test-Restorable $Record)
    if ($restored) {
        if (-not (Test-SameText $now $Record.original)) { Write-ManagedValue $Run $Record $Record.id $now $Record.original $true }
        $now = $Record.original
    }
    # Where a record was lost, what is there may be ours all the same: it never becomes the original.
    if (-not (Test-SameText $Record.original 'unknown') -and ($restored -or -not $ours)) { $Record.original = $now }
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
    return Get-OrderedStep $held 'original'
}

# Rule 9.
function Assert-Owner {
    param($Store, $Document)
    $used = (Read-TakeOverTime $Document).Contains($Document.time)
    foreach ($value in $Document.desired) {
        $identity = Get-Identity $value.id
        if (-not $Store.records.ContainsKey($identity)) { continue }
        $record = $Store.records[$identity]
        if ($record.owner.Length -eq 0 -or (Test-SameText $record.owner $Document.owner)) { continue }
        $named = Test-SameText $record.owner $Document.takeOverFrom
        if ($named -and -not $used) { continue }
        $advice = '. Drop it there first, or name that stack in takeOverFrom.'
        if ($named) { $advice = '. This text was enforced before, and its takeOverFrom counts once: run up with that setting for a new one.' }
        throw (Get-Failure 'owner' ($value.id + ' belongs to ' + $record.owner + ' (document ' + $record.document + '), not to ' + $Document.owner + $advice))
    }
}

# Rule 11: what the record of a desired value becomes before the value is written.
function Get-ClaimedRecord {
    param($Store, $Document, $Value, [string]$Present)
    $identity = Get-Identity $Value.id
    if ($Store.records.ContainsKey($identity)) {
        $record = $Store.records[$identity]
        $released = $record.owner.Length -eq 0
        if ($released -and -not (Test-AsDesired $Present $record.written)) {
            $record.original = $Present
            $record.written = ''
        }
        elseif (Test-OwnValue $record $Present) { $record.written = $Present }
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
        $identity = Get-Identity $value.id
        $free = -not $store.records.ContainsKey($identity) -or $store.records[$identity].owner.Length -eq 0
        $present = Get-PresentNotation $value.id
        $record = Get-ClaimedRecord $store $Document $value $present
        $recordText = ConvertTo-RecordText $record
        $keep = $free -and -not ((Test-VirtualKey $value.key) -and -not (Test-SecretKey $value.key)) -and (Test-SameText $record.original $present) -and (Test-KeptNotation $present)
        $claims.Add(@{ value = $value; record = $record; text = $recordText; keep = $keep })
    }
    Assert-Service $Document
    $due = Get-DueRestart $Document
    $name = $Document.owner + '/' + $Document.document
    $documentText = (Format-Time ([datetime]::UtcNow)) + "`n" + $Text
    if ($documentText.Length -gt $RecordLimit) {
        throw (Get-Failure 'size' ('document ' + $Document.document + ': its record would have ' + $documentText.Length + ' characters, more than ' + $RecordLimit + '. Divide it.'))
    }

    Protect-ClientSecret $Document
    Assert-Setup $Document
    Assert-Certificate $Document

    # Everything was read and may be written: the first change of this host comes after this line.
    Initialize-RecordKey $null
    Write-Holder $name
    Write-TakeOverTime $Document
    Clear-UnfinishedOriginal
    Complete-Restart
    Complete-Setup
    foreach ($claim in $claims) { if ($claim.keep) { Save-Original $claim.value.id $claim.record.original } }
    foreach ($record in $supplied) { Write-Record $record }
    foreach ($claim in $claims) { Write-RegistryValue ($RecordKey + '\Values') $claim.record.id ('string:' + $claim.text) }
    Write-RegistryValue ($RecordKey + '\Documents') $name ('string:' + $documentText)
    foreach ($claim in $claims) {
        $record = $claim.record
        $present = Get-PresentNotation $claim.value.id
        if (-not (Test-AsDesired $present $claim.value.notation)) {
            $target = Get-Target $claim.value.notation
            Write-ManagedValue $Run $record $claim.value.id $present $target $false
            $repairs = [string[]]@($record.repairs) + ((Format-Time ([datetime]::UtcNow)) + ' ' + $present + ' -> ' + $target)
            $record.repairs = Get-NewestText $repairs 5
        }
        $record.written = $claim.value.notation
        $record.writing = ''
        Write-Record $record
    }
    foreach ($record in $held) { Clear-Claim $Run $record (Test-SameText $Document.onDestroy 'restore') }
    foreach ($service in $due) { if ((Wait-ServiceState $service) -ceq 'Running') { Restart-HostService $service $Run } }
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
    foreach ($record in $held) { if (Test-SecretKey (Split-ValueId $record.id).key) { Clear-LeftCommand } }
    Write-Holder $name
    Clear-UnfinishedOriginal
    Complete-Restart
    Complete-Setup
    foreach ($record in $store.supplied) { Write-Record $record }
    foreach ($record in $held) { Clear-Claim $Run $record $true }
    Write-RegistryValue ($RecordKey + '\Documents') $name 'absent'
}
