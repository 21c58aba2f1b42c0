# What would set or remove do to each value? For -WhatIf, which changes nothing.

# `Set` or `Remove` of a document: what each value would become, by value id.
function Get-PlannedChange {
    param([string]$Operation, $Document)
    $changes = [ordered]@{}
    $store = Read-RecordStore
    $restore = $true
    $except = @()
    if ($Operation -ceq 'set') {
        Assert-Owner $store $Document
        $restore = Test-SameText $Document.onDestroy 'restore'
        $except = @($Document.ids, $Document.handed)
        foreach ($value in $Document.desired) {
            $present = Get-PresentNotation $value.id
            if (-not (Test-AsDesired $present $value.notation)) { $changes[$value.id] = 'Set ' + $present + ' -> ' + (Get-Target $value.notation) }
        }
        Assert-Service $Document
        foreach ($service in (Get-DueRestart $Document)) { $changes['SERVICE\' + $service] = 'Restart' }
    }
    foreach ($record in (Get-HeldRecord $store $Document $except)) {
        $present = Get-PresentNotation $record.id
        $changes[$record.id] = 'Let go, leaving ' + $present
        # As rule 16 has it.
        $known = (Test-OwnValue $record $present) -and -not (Test-SameText $record.original 'unknown')
        if ($restore -and $known -and -not (Test-SameText $record.original $present)) { $changes[$record.id] = 'Put back ' + $present + ' -> ' + $record.original }
    }
    return $changes
}

# Whether the operation shall go on: not with -WhatIf, and with -Confirm where the answer is yes.
function Confirm-Operation {
    param([string]$Operation, [string]$Text, $Cmdlet)
    if ($null -eq $Cmdlet) { return $true }
    if ($WhatIfPreference) {
        Assert-FullLanguage
        Assert-Bitness
        Assert-SecretLine
        $document = ConvertFrom-Document $Text
        foreach ($change in (Get-PlannedChange $Operation $document).GetEnumerator()) { [void]$Cmdlet.ShouldProcess($change.Key, $change.Value) }
        $last = 'Forget the document, and what was there before'
        if ($Operation -ceq 'set') { $last = 'Record the document, and what was there before' }
        return $Cmdlet.ShouldProcess($document.owner + '/' + $document.document, $last)
    }
    return $Cmdlet.ShouldProcess([System.Environment]::MachineName, 'Do what the document on standard input says: ' + $Operation)
}
