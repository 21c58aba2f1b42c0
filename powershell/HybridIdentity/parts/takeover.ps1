# Which texts of a document have named another owner already? What one says in takeOverFrom counts once: since then that owner may
# have its values back, and a command that is replaced, or a state that is put back, brings the old text again.

# The times of those texts, newest last. Data that is no text counts as none.
function Read-TakeOverTime {
    param($Document)
    $name = $Document.owner + '/' + $Document.document
    $text = (Read-RegistryValue ($RecordKey + '\TakenOver') @($name))[$name]
    $times = @()
    if ($text.StartsWith('string:', [System.StringComparison]::Ordinal)) { $times = $text.Substring(7).Split(' ') }
    return , [System.Collections.Generic.List[string]]::new([string[]]$times)
}

# Written before any record, so that a text that was stopped half way does not count again: the next run renders a new one.
function Write-TakeOverTime {
    param($Document)
    $times = Read-TakeOverTime $Document
    if ($Document.takeOverFrom.Length -eq 0 -or $times.Contains($Document.time)) { return }
    $times.Add($Document.time)
    $newest = Get-NewestText ($times.ToArray()) 50
    Write-RegistryValue ($RecordKey + '\TakenOver') ($Document.owner + '/' + $Document.document) ('string:' + [string]::Join(' ', $newest))
}
