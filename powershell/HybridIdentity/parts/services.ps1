# In what state are services, how do they start, and since when do they run?
# The Service Control Manager knows the state and answers at once. When a service started only WMI knows, which may never answer.

# Values of a service's own key, by its own name only: Get-Service would take wildcards, and shows nothing of a service that this account
# may not ask. `Type` is `absent` for a driver, too.
function Read-ServiceKey {
    param([string]$Name)
    if ($Name -cnotmatch '\A[^\\/\x00-\x1f]{1,256}\z') { throw (Get-Failure 'malformed' ('services: received ' + (Limit-Text $Name) + ', which is no name of a service.')) }
    $found = Read-RegistryValue ('HKLM\SYSTEM\CurrentControlSet\Services\' + $Name) @('Type', 'Start', 'DelayedAutostart')
    if ($found['Type'].StartsWith('unknown:', [System.StringComparison]::Ordinal)) { return $found }
    $bits = [uint32]0
    [void][uint32]::TryParse([regex]::Replace($found['Type'], '\Adword:', ''), [ref]$bits)
    if (($bits -band 0x30) -eq 0) { $found['Type'] = 'absent' }
    return $found
}

# The word of the Service Control Manager (Running, Stopped, StartPending, ...), `absent`, or `unknown:REASON`.
function Get-ServiceState {
    param([string]$Name)
    $type = (Read-ServiceKey $Name)['Type']
    if ($type -cmatch '\A(absent\z|unknown:)') { return $type }
    try { $service = Get-OneService $Name }
    catch { return 'unknown:' + (Get-Reason $_) }
    if ($null -eq $service) { return 'unknown:denied' }
    return "$($service.Status)"
}

# The one of that name; $null where this account may not ask for it.
function Get-OneService {
    param([string]$Name)
    return Get-Service -Name ([System.Management.Automation.WildcardPattern]::Escape($Name)) -ErrorAction SilentlyContinue
}

# Automatic, AutomaticDelayed, Manual or Disabled; `absent`, or `unknown:REASON`.
function Get-StartType {
    param([string]$Name)
    $found = Read-ServiceKey $Name
    if ($found['Type'] -cmatch '\A(absent\z|unknown:)') { return $found['Type'] }
    $words = @{ 'dword:2' = 'Automatic'; 'dword:3' = 'Manual'; 'dword:4' = 'Disabled' }
    if ($found['Start'].StartsWith('unknown:', [System.StringComparison]::Ordinal)) { return $found['Start'] }
    if (-not $words.ContainsKey($found['Start'])) { return 'unknown:type' }
    if ($words[$found['Start']] -ceq 'Automatic' -and $found['DelayedAutostart'] -cmatch '\Adword:[1-9]') { return 'AutomaticDelayed' }
    return $words[$found['Start']]
}

# State and start of each service by name.
function Get-ServiceFact {
    param([string[]]$Names)
    $facts = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    $running = [System.Collections.Generic.List[string]]::new()
    foreach ($name in $Names) {
        $state = Get-ServiceState $name
        $facts[$name] = [ordered]@{ state = $state; startTime = '' }
        if ($state -cnotmatch '\A(Stopped|absent|unknown:.*)\z') { $running.Add($name) }
    }
    if ($running.Count -eq 0) { return $facts }
    try { $starts = Read-ServiceStart }
    catch {
        foreach ($name in $running) { $facts[$name].startTime = 'unknown:' + (Get-Reason $_) }
        return $facts
    }
    foreach ($name in $running) {
        $facts[$name].startTime = 'unknown:WMI does not name its process'
        if ($starts.ContainsKey($name)) { $facts[$name].startTime = $starts[$name] }
    }
    return $facts
}

# When the processes of all running services started, by service, in one question for services and one for processes.
function Read-ServiceStart {
    if ((Get-ServiceState 'Winmgmt') -cne 'Running') { throw 'WMI is not there: the service Winmgmt does not run' }
    $services = Read-CimInstance 'Win32_Service' 'ProcessId<>0' @('Name', 'ProcessId')
    $count = @{}
    foreach ($service in $services) { $count["$($service.ProcessId)"] = 1 + $count["$($service.ProcessId)"] }
    $started = @{}
    foreach ($process in (Read-CimInstance 'Win32_Process' 'ProcessId<>0' @('ProcessId', 'CreationDate'))) {
        if ($null -ne $process.CreationDate) { $started["$($process.ProcessId)"] = Format-Time ($process.CreationDate.ToUniversalTime()) }
    }
    $starts = [System.Collections.Generic.Dictionary[string,string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($service in $services) {
        $id = "$($service.ProcessId)"
        # The process is older than a service that joined it later, or was started again inside it.
        if ($count[$id] -gt 1) { $starts[$service.Name] = 'unknown:it shares its process with other services' }
        elseif ($started.ContainsKey($id)) { $starts[$service.Name] = $started[$id] }
    }
    return $starts
}

function Read-CimInstance {
    param([string]$Class, [string]$Filter, [string[]]$Properties)
    return , (Invoke-Bounded 'Get-CimInstance' @{ ClassName = $Class; Filter = $Filter; Property = $Properties; ErrorAction = 'Stop' } 10)
}

# Runs a command in a thread of its own and waits so long for it. A call that hangs in native code cannot be stopped: its
# thread is left behind, and Exit-HungProcess knows of it.
function Invoke-Bounded {
    param([string]$Command, $Parameters, [int]$Seconds)
    $shell = [System.Management.Automation.PowerShell]::Create()
    [void]$shell.AddCommand($Command).AddParameters($Parameters)
    $pending = $shell.BeginInvoke()
    if (-not $pending.AsyncWaitHandle.WaitOne($Seconds * 1000)) {
        $Watchdog.hung = $true
        throw ($Command + ' has not answered within ' + $Seconds + ' seconds')
    }
    try { return , @($shell.EndInvoke($pending)) }
    finally { $shell.Dispose() }
}
