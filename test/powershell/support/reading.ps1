# Calls functions of the module, whose text is in the file $Module, with what comes on stdin: a call a line, its name and texts as the
# hexadecimal digits of their UTF-16 units. Answers with a line of JSON each, or with "! " and why it was refused.
param([string]$Module)
. ([scriptblock]::Create([System.IO.File]::ReadAllText($Module)))
$out = [System.IO.StreamWriter]::new([System.Console]::OpenStandardOutput(), [System.Text.Encoding]::ASCII, 65536)

# All of UTF-16: an encoding would put other characters in the place of half surrogate pairs.
function Read-Text {
    param([string]$Hex)
    $bytes = [System.Convert]::FromHexString($Hex)
    $units = [char[]]::new($bytes.Length / 2)
    [System.Buffer]::BlockCopy($bytes, 0, $units, 0, $bytes.Length)
    return [string]::new($units)
}

function Get-Values {
    param($Desired)
    return , @(foreach ($value in $Desired) { , @($value.key, $value.name, $value.notation) })
}

$calls = @{
    string = { param($text) ConvertTo-JsonText (ConvertTo-JsonString $text) }
    json = { param($text) ConvertTo-JsonText (ConvertFrom-JsonText $text) }
    notation = {
        param($text)
        ConvertTo-JsonText ([ordered]@{ recorded = [bool](Test-RecordedNotation $text); desired = [bool](Test-DesiredNotation $text) })
    }
    asDesired = { param($present, $desired) ConvertTo-JsonText ([bool](Test-AsDesired $present $desired)) }
    same = { param($one, $other) ConvertTo-JsonText ([string]::Equals((Get-Identity $one), (Get-Identity $other), [System.StringComparison]::OrdinalIgnoreCase)) }
    # Every unit in upper case, one after the other.
    upper = {
        $upper = foreach ($code in 0..65535) {
            $up = [char]::ToUpperInvariant([char]$code)
            # Not all of that counts where texts are compared: the long s is not the same as S.
            if ([int]$up -ne $code -and [string]::Equals([string]$up, [string][char]$code, [System.StringComparison]::OrdinalIgnoreCase)) { $up } else { [char]$code }
        }
        ConvertTo-JsonText ([string]::new([char[]]$upper))
    }
    key = {
        param($text)
        $place = Split-RegistryKey $text
        ConvertTo-JsonText @([string]$place.hive, [string]$place.view, $place.path)
    }
    id = {
        param($text)
        $place = Split-ValueId $text
        if ($null -eq $place) { 'null' } else { ConvertTo-JsonText @($place.key, $place.name) }
    }
    place = { param($id, $key, $name, $notation) ConvertTo-JsonText @([bool](Test-ValueId $id), [bool](Test-DesiredProperty $key $name $notation)) }
    # A value as .NET reads it: numbers as text, texts as they are, bytes as one unit each.
    data = {
        param($kind, $first, $rest)
        $value = switch -CaseSensitive ($kind) {
            'DWord' { [System.BitConverter]::ToInt32([System.BitConverter]::GetBytes([uint32]$first), 0) }
            'QWord' { [System.BitConverter]::ToInt64([System.BitConverter]::GetBytes([uint64]$first), 0) }
            'MultiString' { , [string[]]@($first, $rest) }
            { $_ -cmatch 'Binary|None' } { , [byte[]]$first.ToCharArray() }
            default { $first }
        }
        $notation = ConvertTo-Notation ([Microsoft.Win32.RegistryValueKind]$kind) $value
        $back = ConvertFrom-Notation $notation
        $again = if ($null -eq $back) { 'not read' } else { ConvertTo-Notation $back.kind $back.value }
        ConvertTo-JsonText @($notation, $again)
    }
    record = {
        param($id, $text)
        $record = ConvertFrom-RecordText $id $text
        if ($null -eq $record) { 'null' }
        else {
            $members = [ordered]@{}
            foreach ($name in @('original', 'written', 'writing', 'owner', 'document', 'repairs')) { $members[$name] = $record[$name] }
            $members['text'] = ConvertTo-RecordText $record
            ConvertTo-JsonText $members
        }
    }
    documentRecord = {
        param($name, $text)
        $read = ConvertFrom-DocumentRecord $name $text
        if ($null -eq $read) { 'null' }
        else { ConvertTo-JsonText @($read.owner, $read.document, $read.resource, $read.writtenAt, (Get-Values $read.desired)) }
    }
    document = {
        param($text)
        $read = ConvertFrom-Document $text
        $handed = [string[]]@($read.handed)
        ConvertTo-JsonText @($read.owner, $read.document, $read.resource, $read.onDestroy, $read.takeOverFrom, $read.time, (Get-Values $read.desired), $handed)
    }
    frame = { param($text) Write-Frame (ConvertFrom-JsonText $text) }
}

while ($null -ne ($line = [System.Console]::In.ReadLine())) {
    $name, $arguments = $line.Split(' ')
    $texts = @(foreach ($hex in $arguments) { Read-Text $hex })
    try { $answer = & $calls[$name] @texts }
    catch { $answer = '! ' + (ConvertTo-JsonString (Get-InnerException $_).Message) }
    if ($null -ne $answer) { $out.WriteLine($answer) }
}
$out.Flush()
