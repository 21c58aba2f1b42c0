# Which SMTP connections out of an Exchange server failed at TLS, as its protocol logs (SmtpSend) tell, and which work since? Whoever cannot read a log has not seen that nothing failed.
$ExchangeSetup = 'HKLM\SOFTWARE\Microsoft\ExchangeServer\v15\Setup'
$SmtpRoles = @('Hub', 'FrontEnd', 'Edge')
# So many failures say what there is to say. A file that was begun is read to its end, so that the last failure is known.
$SmtpMost = 1000
$SmtpFolderPattern = '\A[A-Za-z]:(?:\\(?!\.{1,2}(?:\\|\z))[^\x00-\x1f\\/:*?"<>|]{1,255})+\\?\z'
$SmtpFilePattern = '\ASEND([0-9]{8})([0-9]{2})?-([0-9]{1,9})\.log\z'

# A question of a request, checked.
function ConvertFrom-SmtpLogQuestion {
    param($Question, [string]$Member)
    if ($Question -isnot [System.Collections.IDictionary]) { throw (Get-Unexpected $Member 'an object' $Question) }
    if (-not $Question.ContainsKey('since')) { throw (Get-Failure 'malformed' ($Member + '.since: missing.')) }
    $since = $Question['since']
    if ($since -isnot [string] -or -not (Test-Time $since)) { throw (Get-Unexpected ($Member + '.since') 'a time like 2026-11-22T08:30:00.123Z' $since) }
    $checked = @{ since = $since; most = (Get-NumberMember $Question 'maximumBytes' 1 1000000000000 300000000); connectors = [string[]]@(); folders = @{} }
    if ($Question.ContainsKey('connectors')) {
        if ($Question['connectors'] -isnot [array]) { throw (Get-Unexpected ($Member + '.connectors') 'an array of names' $Question['connectors']) }
        foreach ($name in $Question['connectors']) { Assert-Name $name ($Member + '.connectors') '\A[^\x00-\x1f]{1,256}\z' 'name of a connector' }
        $checked.connectors = [string[]]$Question['connectors']
    }
    foreach ($folder in (Get-ObjectMember $Question 'folders' $true).GetEnumerator()) {
        if ($SmtpRoles -cnotcontains $folder.Key) { throw (Get-Unexpected ($Member + '.folders') 'Hub, FrontEnd and Edge' $folder.Key) }
        Assert-Name $folder.Value ($Member + '.folders.' + $folder.Key) $SmtpFolderPattern 'whole path of a folder'
        $checked.folders[$folder.Key] = $folder.Value
    }
    return $checked
}

# The newest files first, as far as so many bytes go.
function Read-SmtpLog {
    param($Question)
    $search = Get-SmtpSearch $Question
    $files = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    $folders = [System.Collections.Generic.List[object]]::new()
    foreach ($role in $SmtpRoles) { $folders.Add((Get-SmtpFolder $Question $role $files)) }
    $names = Get-SortedText @($files.get_Keys())
    $done = [System.Collections.Generic.List[object]]::new()
    $read = [long]0
    $more = $false
    for ($index = $names.Length - 1; $index -ge 0; $index--) {
        $file = $files[$names[$index]]
        try {
            $stream = Open-SmtpFile $file.path
            try {
                # What a folder says of a file that is being written is old.
                $length = $stream.Length
                $more = $read + $length -gt $Question.most -or $search['count'] -ge $SmtpMost
                if ($more) { break }
                $search['role'] = $file.folder.role
                $search['file'] = $names[$index]
                $last = Read-SmtpFile $stream $length $search
                $file.name = $names[$index]
                $file.length = $length
                $done.Add($file)
                $read += $length
            }
            finally { $stream.Dispose() }
            if ([string]::CompareOrdinal($last, $file.folder.last) -gt 0) { $file.folder.last = $last }
            if ([string]::CompareOrdinal($last, $Question.since) -ge 0 -and $file.folder.logging -ceq 'none') { $file.folder.logging = 'found' }
        }
        catch { $file.folder.logging = 'unknown:' + [System.IO.Path]::GetFileName($file.path) + ': ' + (Get-Reason $_) }
    }
    for (; $more -and $index -ge 0; $index--) {
        $folder = $files[$names[$index]].folder
        if ($folder.logging -ceq 'none') { $folder.logging = 'unknown:its files were left out' }
    }
    $seen = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    $met = [System.Collections.Generic.List[string]]::new()
    $silent = $false
    foreach ($connector in $Question.connectors) {
        $seen[$connector] = $search['seen'][(Get-SmtpName $search $connector)]['time']
        $silent = $silent -or $seen[$connector].Length -eq 0
    }
    if ($silent) { foreach ($name in $search['met']) { $met.Add((ConvertFrom-SmtpName $search $name)) } }
    return [ordered]@{ folders = $folders; failures = (Get-SmtpFailure $search); works = (Get-SmtpWorking $search $done); seen = $seen; met = (Get-SortedText @($met)); read = $read; more = $more }
}

# Where a role keeps its logs, as Exchange's setup and the request say. What may hold lines since then comes to the files.
function Get-SmtpFolder {
    param($Question, [string]$Role, $Files)
    $folder = [ordered]@{ role = $Role; path = ''; logging = 'none'; last = '' }
    if ($Question.folders.ContainsKey($Role)) { $folder.path = $Question.folders[$Role] }
    else {
        $installed = (Read-RegistryValue $ExchangeSetup @('MsiInstallPath'))['MsiInstallPath']
        if ($installed -cnotmatch '\A(?:string|expand):.') {
            $folder.logging = 'unknown:' + $ExchangeSetup + '\MsiInstallPath is ' + $installed.Replace('unknown:', '')
            return $folder
        }
        $folder.path = [regex]::Replace($installed, '\A\w+:|\\+\z', '') + '\TransportRoles\Logs\' + $Role + '\ProtocolLog\SmtpSend'
    }
    $digits = $Question.since.Replace('-', '').Replace('T', '')
    try { $all = Get-SmtpFile $folder.path }
    catch {
        $folder.logging = 'unknown:' + (Get-Reason $_)
        if ((Get-InnerException $_) -is [System.IO.DirectoryNotFoundException]) { $folder.logging = 'absent' }
        return $folder
    }
    foreach ($file in $all) {
        $name = [regex]::Match([System.IO.Path]::GetFileName($file.path), $SmtpFilePattern, 'IgnoreCase, CultureInvariant')
        if (-not $name.Success) { continue }
        # By its name it is of a day, or of an hour of it.
        $period = $name.Groups[1].Value + $name.Groups[2].Value
        if ([string]::CompareOrdinal($period, $digits.Substring(0, $period.Length)) -lt 0 -and [string]::CompareOrdinal($file.written, $Question.since) -lt 0) { continue }
        $Files[[string]::Join(' ', @($period.PadRight(10, '9'), $name.Groups[3].Value.PadLeft(9, '0'), $Role))] = @{ path = $file.path; folder = $folder }
    }
    return $folder
}

# The files of a folder and when they were last written.
function Get-SmtpFile {
    param([string]$Path)
    $files = [System.Collections.Generic.List[object]]::new()
    foreach ($file in [System.IO.Directory]::GetFiles($Path)) { $files.Add(@{ path = $file; written = (Format-Time ([System.IO.File]::GetLastWriteTimeUtc($file))) }) }
    return , $files.ToArray()
}

# Exchange goes on writing, renaming and deleting. Blocks are read whole, so no other buffer is needed.
function Open-SmtpFile {
    param([string]$Path)
    return [System.IO.FileStream]::new($Path, 'Open', 'Read', 'ReadWrite, Delete', 1)
}

# The failures by connector, reason and thumbprint.
function Get-SmtpFailure {
    param($Search)
    $failures = [System.Collections.Generic.List[object]]::new()
    foreach ($key in (Get-SortedText @($Search['counts'].get_Keys()))) {
        $parts = $key.Split("`n")
        $failures.Add([ordered]@{ connector = (ConvertFrom-SmtpName $Search $parts[0]); reason = $parts[1]; thumbprint = $parts[2]; count = $Search['counts'][$key]; last = $Search['lasts'][$key] })
    }
    return , $failures.ToArray()
}

# Since when TLS of a connector works that failed before: in each role that it failed in, since a role may pass its mail on to another. One that still fails is left out.
function Get-SmtpWorking {
    param($Search, $Files)
    $works = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    $failing = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::Ordinal)
    foreach ($key in $Search['failed'].get_Keys()) {
        $parts = $key.Split("`n")
        $again = Get-SmtpSearch @{ since = $Search['since']; connectors = @() }
        $again['words'] = $SmtpWorked
        $again['most'] = 1
        $again['behind'] = $Search['failed'][$key]
        $again['seen'][',' + $parts[0] + ','] = @{ time = '-' }
        # The oldest first, of those that go on behind the failure.
        for ($index = $Files.Count - 1; $index -ge 0 -and $again['count'] -eq 0; $index--) {
            $file = $Files[$index]
            if ($file.folder.role -cne $parts[1] -or [string]::CompareOrdinal($file.name + '~', $again['behind']) -lt 0) { continue }
            $again['file'] = $file.name
            # One that is gone by now tells nothing.
            try {
                $stream = Open-SmtpFile $file.path
                try { [void](Read-SmtpFile $stream $file.length $again) }
                finally { $stream.Dispose() }
            }
            catch { continue }
        }
        $connector = ConvertFrom-SmtpName $Search $parts[0]
        $since = ''
        foreach ($time in $again['firsts'].get_Values()) { if ($since.Length -eq 0 -or [string]::CompareOrdinal($time, $since) -lt 0) { $since = $time } }
        if ($since.Length -eq 0) { [void]$failing.Add($connector) }
        elseif (-not $works.ContainsKey($connector) -or [string]::CompareOrdinal($since, $works[$connector]) -gt 0) { $works[$connector] = $since }
    }
    foreach ($connector in $failing) { [void]$works.Remove($connector) }
    return $works
}

# As people write a connector's name that stands in a log.
function ConvertFrom-SmtpName {
    param($Search, [string]$Name)
    if ($Name.StartsWith('"', [System.StringComparison]::Ordinal)) { $Name = $Name.Substring(1, $Name.Length - 2).Replace('""', '"') }
    return [System.Text.Encoding]::UTF8.GetString($Search['latin'].GetBytes($Name))
}
