# Which lines of one protocol log say that TLS failed, and with which certificate, or that it worked?
# PowerShell is too slow to look at each line of 250 MB: .NET looks for a few words in a block of them, and only lines with a hit are taken apart.
# A block is under the 85,000 bytes from which on .NET keeps its texts apart and collects them late.
$SmtpBlock = 40000
$SmtpFields = '#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context'
$SmtpFailed = 'TLS negotiation failed with error '
# TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm ..., by Exchange 2013 to 2019.
$SmtpWorked = ' negotiation succeeded'

# What is looked for, and what was found so far. Every byte is one character of a block, so texts of UTF-8 are compared as their bytes.
# Reached by index: the first time that a member of another name is reached by a dot takes PowerShell two milliseconds.
function Get-SmtpSearch {
    param($Question)
    $search = @{
        since    = $Question.since
        latin    = [System.Text.Encoding]::GetEncoding(28591)
        words    = $SmtpFailed
        # A file is read to its end, unless so many were found.
        most     = 2147483647
        line     = $null
        role     = ''
        # The file, and how many of its bytes stand before the block. Where a line stands says what came first: a clock may be put back.
        file     = ''
        at       = [long]0
        behind   = ''
        lastTime = [regex]::new('(?:\A|\n)(' + $TimePattern + '),', 'RightToLeft, CultureInvariant')
        # By connector, reason and thumbprint, and by connector and role where the last failure of all stands.
        counts   = [hashtable]::new([System.StringComparer]::Ordinal)
        firsts   = [hashtable]::new([System.StringComparer]::Ordinal)
        lasts    = [hashtable]::new([System.StringComparer]::Ordinal)
        failed   = [hashtable]::new([System.StringComparer]::Ordinal)
        seen     = [hashtable]::new([System.StringComparer]::OrdinalIgnoreCase)
        # Connectors whose sessions begin in the ends of the newest files, where one that is asked for had no line.
        met      = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::Ordinal)
        ends     = 0
        count    = 0
    }
    foreach ($connector in $Question.connectors) {
        # Bytes of letters beyond ASCII have no case, so these spellings stand for all.
        $asked = @{ time = '' }
        foreach ($spelled in @($connector, $connector.ToUpperInvariant(), $connector.ToLowerInvariant())) { $search['seen'][(Get-SmtpName $search $spelled)] = $asked }
    }
    return $search
}

# A connector's name as a log has it between two commas: quoted where it holds a comma or a quote.
function Get-SmtpName {
    param($Search, [string]$Name)
    $text = $Search['latin'].GetString([System.Text.Encoding]::UTF8.GetBytes($Name))
    if ($text.Contains(',') -or $text.Contains('"')) { $text = '"' + $text.Replace('"', '""') + '"' }
    return ',' + $text + ','
}

# Looks through the first $Length bytes of a log. Gives the time of its last line, '' where it has none.
function Read-SmtpFile {
    param($Stream, [long]$Length, $Search)
    $latin = $Search['latin']
    $words = $Search['words']
    $seen = $Search['seen']
    $asOrdinal = [System.StringComparison]::Ordinal
    $asOrdinalIgnoreCase = [System.StringComparison]::OrdinalIgnoreCase
    $buffer = [byte[]]::new($SmtpBlock)
    $wanted = [System.Collections.Generic.List[string]]::new()
    foreach ($name in $seen.get_Keys()) { if ($seen[$name]['time'].Length -eq 0) { $wanted.Add($name) } }
    $text = ''
    $before = ''
    $kept = 0
    $Search['at'] = [long]0
    for ($left = $Length; $left -gt 0; $left -= $count) {
        $count = $buffer.Length - $kept
        if ($count -gt $left) { $count = [int]$left }
        $count = $Stream.Read($buffer, $kept, $count)
        if ($count -eq 0) { break }
        $end = $kept + $count
        # The line that is not whole yet belongs to the next block.
        $whole = [array]::LastIndexOf($buffer, [byte]10, $end - 1, $end) + 1
        $kept = $end - $whole
        if ($whole -gt 0) {
            $before = $text
            $Search['at'] += $before.Length
            $text = $latin.GetString($buffer, 0, $whole)
            [array]::Copy($buffer, $whole, $buffer, 0, $kept)
            if ($before.Length -eq 0 -and $text.IndexOf($SmtpFields, $asOrdinal) -lt 0) { throw 'its fields are not those that are known here' }
            $hit = $text.IndexOf($words, $asOrdinal)
            if ($hit -ge 0) {
                Add-SmtpResult $text $before $hit $Search
                if ($Search['count'] -ge $Search['most']) { break }
            }
            # Forwards, which is faster: in most blocks there is nothing to find.
            foreach ($name in $wanted) { if ($text.IndexOf($name, $asOrdinalIgnoreCase) -ge 0) { Add-SmtpTime $text $name $Search } }
        }
        # A line that is longer than a block is none of those that are looked for.
        elseif ($kept -eq $buffer.Length) {
            $Search['at'] += $kept
            $kept = 0
        }
    }
    foreach ($name in $wanted) {
        if ($seen[$name]['time'].Length -gt 0 -or $Search['ends'] -ge 10) { continue }
        $Search['ends']++
        Add-SmtpConnector $text $Search
        break
    }
    foreach ($one in @($text, $before)) {
        $match = $Search['lastTime'].Match($one)
        if ($match.Success) { return $match.Groups[1].Value }
    }
    return ''
}

# Connectors whose sessions begin in a block, ten in all.
function Add-SmtpConnector {
    param([string]$Text, $Search)
    foreach ($line in [regex]::Matches($Text, '(?<![^\n])(' + $TimePattern + '),((?>"(?:[^"]|"")*"(?=,)|[^,\n]*)),[^,\n]*,0,')) {
        if ($Search['met'].Count -lt 10 -and [string]::CompareOrdinal($line.Groups[1].Value, $Search['since']) -ge 0) { [void]$Search['met'].Add($line.Groups[2].Value) }
    }
}

# What takes the lines apart. Made where there is one: in most logs there is none, and it would take longer than a megabyte of them.
function Initialize-SmtpPattern {
    param($Search)
    # Taken as it is and never tried in another way: a field in quotes may hold commas.
    $field = '(?>"(?:[^"]|"")*"(?=,)|[^,]*)'
    $start = '\A(' + $TimePattern + '),(' + $field + '),([^,]*),[0-9]+,[^,]*,[^,]*,\*,'
    $result = $SmtpFailed + '([A-Za-z0-9_]{1,64})'
    if ($Search['words'] -ceq $SmtpWorked) { $result = 'TLS protocol ([A-Za-z0-9_, ]{1,64})' + $SmtpWorked }
    $Search['line'] = [regex]::new($start + $field + ',"?' + $result, 'CultureInvariant')
    # The older form has a line for each property of the certificate, the newer one line for all; in that the serial number stands before the thumbprint.
    $Search['certificate'] = [regex]::new($start + '"?(?:[^\n]*?[ "])?(?:[0-9A-Fa-f]{2,40} )?([0-9A-Fa-f]{40})(?=[ ",])[^\n]*,"?(?:Sending certificate|Certificate thumbprint)', 'CultureInvariant')
}

# All failures of a block, or what worked, from its first on. In one loop without a call: where mail is stuck, there are many of them.
function Add-SmtpResult {
    param([string]$Text, [string]$Before, [int]$Hit, $Search)
    $asOrdinal = [System.StringComparison]::Ordinal
    if ($null -eq $Search['line']) { Initialize-SmtpPattern $Search }
    for ($at = $Hit; $at -ge 0; $at = $Text.IndexOf($Search['words'], $at + 1, $asOrdinal)) {
        $start = $Text.LastIndexOf("`n", $at, $asOrdinal) + 1
        $match = $Search['line'].Match($Text.Substring($start, [Math]::Min($at + 100, $Text.Length) - $start))
        # The words may stand in what the other side sent, too.
        if (-not $match.Success) { continue }
        $time = $match.Groups[1].Value
        $connector = $match.Groups[2].Value
        if ([string]::CompareOrdinal($time, $Search['since']) -lt 0) { continue }
        $place = $Search['file'] + ' ' + ($Search['at'] + $start).ToString('D12')
        if ([string]::CompareOrdinal($place, $Search['behind']) -le 0) { continue }
        if ($Search['seen'].Count -gt 0 -and -not $Search['seen'].ContainsKey(',' + $connector + ',')) { continue }
        $Search['count']++
        # The certificate was logged in the same session, a few lines above, maybe in the block before.
        $thumbprint = ''
        $piece = $Text
        $above = $start
        $behind = $false
        for ($tries = 0; $tries -lt 200; $tries++) {
            $next = -1
            if ($above -gt 0) { $next = $piece.LastIndexOf('humbprint', $above - 1, $asOrdinal) }
            if ($next -lt 0) {
                if ($behind) { break }
                $behind = $true
                $piece = $Before
                $above = $Before.Length
                continue
            }
            $above = $piece.LastIndexOf("`n", $next, $asOrdinal) + 1
            $certificate = $Search['certificate'].Match($piece.Substring($above, $next + 9 - $above))
            if ($certificate.Groups[3].Value -cne $match.Groups[3].Value) { continue }
            $thumbprint = $certificate.Groups[4].Value.ToUpperInvariant()
            break
        }
        $key = $connector + "`n" + $match.Groups[4].Value + "`n" + $thumbprint
        if ($null -eq $Search['firsts'][$key]) { $Search['firsts'][$key] = $time }
        $Search['counts'][$key] = 1 + $Search['counts'][$key]
        if ([string]::CompareOrdinal($time, $Search['lasts'][$key]) -gt 0) { $Search['lasts'][$key] = $time }
        $key = $connector + "`n" + $Search['role']
        if ([string]::CompareOrdinal($place, $Search['failed'][$key]) -gt 0) { $Search['failed'][$key] = $place }
    }
}

# When a connector was last heard of in a block: its name is the field behind the time.
function Add-SmtpTime {
    param([string]$Text, [string]$Name, $Search)
    $asOrdinalIgnoreCase = [System.StringComparison]::OrdinalIgnoreCase
    for ($at = $Text.LastIndexOf($Name, $asOrdinalIgnoreCase); $at -ge 24; $at = $Text.LastIndexOf($Name, $at - 1, $asOrdinalIgnoreCase)) {
        $time = $Text.Substring($at - 24, 24)
        if ($at -gt 24 -and $Text[$at - 25] -cne "`n") { continue }
        if ($time -cmatch ('\A' + $TimePattern + '\z') -and [string]::CompareOrdinal($time, $Search['since']) -ge 0) { $Search['seen'][$Name]['time'] = $time }
        return
    }
}
