# What has happened since a time, as an event log tells? Who may write to a log writes what they like: messages are data.
$EventLimit = 1000
$MessageLimit = 1000
$EventSeconds = 15
$LogPattern = '\A(?!\.{1,2}\z)[^\x00-\x1f*?\[\]\\:"<>|]{1,255}\z'
$ProviderPattern = '\A[^\x00-\x1f?\[\]]{1,255}\z'

# A question of a request, checked: of `since` and `service` one is empty.
function ConvertFrom-EventQuestion {
    param($Question, [string]$Member)
    if ($Question -isnot [System.Collections.IDictionary]) { throw (Get-Unexpected $Member 'an object' $Question) }
    foreach ($name in @('log', 'provider', 'ids')) { if (-not $Question.ContainsKey($name)) { throw (Get-Failure 'malformed' ($Member + '.' + $name + ': missing.')) } }
    Assert-Name $Question['log'] ($Member + '.log') $LogPattern 'name of an event log'
    Assert-Name $Question['provider'] ($Member + '.provider') $ProviderPattern 'name of a provider, in which * stands for any text'
    $ids = $Question['ids']
    if ($ids -isnot [array] -or $ids.Length -lt 1 -or $ids.Length -gt 20) { throw (Get-Unexpected ($Member + '.ids') '1 to 20 numbers' $ids) }
    foreach ($id in $ids) {
        if ($id -isnot [long] -or $id -lt 0 -or $id -gt 65535) { throw (Get-Unexpected ($Member + '.ids') 'whole numbers from 0 to 65535' $id) }
    }
    if ($Question.ContainsKey('since') -eq $Question.ContainsKey('sinceStartOf')) { throw (Get-Unexpected $Member 'either since or sinceStartOf' $Question) }
    $checked = @{ log = $Question['log']; provider = $Question['provider']; ids = $ids; since = ''; service = '' }
    if ($Question.ContainsKey('since')) {
        $checked.since = $Question['since']
        if ($checked.since -isnot [string] -or -not (Test-Time $checked.since)) { throw (Get-Unexpected ($Member + '.since') 'a time like 2026-11-22T08:30:00.123Z' $checked.since) }
    }
    else {
        $checked.service = $Question['sinceStartOf']
        Assert-Name $checked.service ($Member + '.sinceStartOf') $ServicePattern 'name of a service'
    }
    return $checked
}

# Whether a text is a time of the protocol, of a day that there is.
function Test-Time {
    param([string]$Text)
    $time = [datetime]::MinValue
    return $Text -cmatch ('\A' + $TimePattern + '\z') -and [datetime]::TryParse($Text, [System.Globalization.CultureInfo]::InvariantCulture, [System.Globalization.DateTimeStyles]::None, [ref]$time)
}

# How many events there are and what the newest say, or `unknown:REASON`. Whoever cannot read a log has not seen that it is empty.
function Read-Event {
    param($Question, $Services)
    $since = $Question.since
    if ($Question.service.Length -gt 0) {
        $since = Get-ServiceStart $Question.service $Services[$Question.service]
        if ($since.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { return $since }
    }
    try { $events = Read-WinEvent $Question.log (Get-EventFilter $Question.ids $since) }
    catch {
        if (-not (Test-ErrorId $_ 'NoMatchingEventsFound')) { return 'unknown:' + (Get-Reason $_) }
        $events = @()
    }
    $pattern = '\A' + [regex]::Escape($Question.provider).Replace('\*', '.*') + '\z'
    $count = 0
    $newest = [System.Collections.Generic.List[object]]::new()
    for ($index = 0; $index -lt [Math]::Min($events.Length, $EventLimit); $index++) {
        $found = $events[$index]
        if (-not [regex]::IsMatch("$($found.ProviderName)", $pattern, 'IgnoreCase, CultureInvariant, Singleline')) { continue }
        $count++
        if ($newest.Count -lt 5) {
            $time = ''
            if ($null -ne $found.TimeCreated) { $time = Format-Time ($found.TimeCreated.ToUniversalTime()) }
            $newest.Add([ordered]@{ time = $time; id = $found.Id; provider = "$($found.ProviderName)"; message = (Get-EventText $found) })
        }
    }
    return [ordered]@{ count = $count; newest = $newest; since = $since; more = $events.Length -gt $EventLimit }
}

# When the process of a service that runs was started, or `unknown:REASON`.
function Get-ServiceStart {
    param([string]$Service, $Fact)
    if (Test-SameText $Fact.state 'absent') { return 'unknown:there is no service ' + $Service }
    if ($Fact.state.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { return $Fact.state }
    if ($Fact.startTime.Length -eq 0) { return 'unknown:the service ' + $Service + ' does not run' }
    return $Fact.startTime
}

# XPath, as the event log has it.
function Get-EventFilter {
    param($Ids, [string]$Since)
    return '*[System[(EventID=' + [string]::Join(' or EventID=', [string[]]$Ids) + ') and TimeCreated[@SystemTime>=''' + $Since + ''']]]'
}

# The newest events first. Not with -FilterHashtable: that takes a log that this account may not read for an empty one.
function Read-WinEvent {
    param([string]$Log, [string]$Filter)
    return , (Invoke-Bounded 'Get-WinEvent' @{ LogName = $Log; FilterXPath = $Filter; MaxEvents = $EventLimit + 1; ErrorAction = 'Stop' } $EventSeconds)
}

# The message on one line, cut; where Windows cannot make one, what it would have been made of.
function Get-EventText {
    param($Found)
    $text = "$($Found.Message)"
    if ($text.Length -eq 0) {
        $parts = [System.Collections.Generic.List[string]]::new()
        foreach ($part in $Found.Properties) { $parts.Add("$($part.Value)") }
        $text = [string]::Join(' ', $parts.ToArray())
    }
    $text = [regex]::Replace($text, '[\x00-\x1f\x7f-\x9f]+', ' ')
    return $text.Substring(0, [Math]::Min($text.Length, $MessageLimit))
}
