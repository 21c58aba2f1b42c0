# In what state are the services that were asked for, and since when do they run?
# The Service Control Manager knows the state and answers at once. When a service started only WMI knows, which may never answer.

$ServiceKey = 'HKLM\SYSTEM\CurrentControlSet\Services\'

# The state, which is the word of the Service Control Manager (Running, Stopped, StartPending, ...), `absent`, or
# `unknown:REASON`; and the service itself where it could be asked.
function Get-ServiceState {
    param([string]$Name)
    $found = @{ state = 'absent'; service = $null }
    # By its own name only: Get-Service would take wildcards, and shows nothing of a service that this account may not ask.
    $type = (Read-RegistryValue ($ServiceKey + $Name) @('Type'))['Type']
    $bits = [uint32]0
    [void][uint32]::TryParse([regex]::Replace($type, '\Adword:', ''), [ref]$bits)
    if ($type.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { $found.state = $type }
    # Drivers stand there, too.
    elseif (($bits -band 0x30) -ne 0) {
        $found.state = 'unknown:denied'
        try {
            $found.service = Get-Service -Name ([System.Management.Automation.WildcardPattern]::Escape($Name)) -ErrorAction SilentlyContinue
            if ($null -ne $found.service) { $found.state = "$($found.service.Status)" }
        }
        catch { $found.state = 'unknown:' + (Get-Reason $_) }
    }
    return $found
}

# How a service is set up: its account, how it starts, and what runs that needs it.
function Get-ServiceFact {
    param([string[]]$Names)
    $facts = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    $running = [System.Collections.Generic.List[string]]::new()
    foreach ($name in $Names) {
        $found = Get-ServiceState $name
        $facts[$name] = [ordered]@{ state = $found.state; startTime = ''; account = ''; sid = ''; startType = ''; dependents = @() }
        if (Test-SameText $found.state 'absent') { continue }
        $setup = Read-RegistryValue ($ServiceKey + $name) @('ObjectName', 'Start', 'DelayedAutostart')
        $facts[$name].account = [regex]::Replace([regex]::Replace($setup['ObjectName'], '\A(string|expand):', ''), '\Aabsent\z', '')
        $facts[$name].startType = Get-StartType $setup['Start'] $setup['DelayedAutostart']
        $facts[$name].dependents = Get-Dependent $found.service
        if ($found.state -cnotmatch '\A(Stopped|unknown:.*)\z') { $running.Add($name) }
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

function Get-StartType {
    param([string]$Start, [string]$Delayed)
    if ($Start.StartsWith('unknown:', [System.StringComparison]::Ordinal)) { return $Start }
    if ((Test-SameText $Start 'dword:2') -and $Delayed -cmatch '\Adword:[1-9]') { return 'AutomaticDelayed' }
    $types = @{ 'dword:2' = 'Automatic'; 'dword:3' = 'Manual'; 'dword:4' = 'Disabled' }
    if ($types.ContainsKey($Start)) { return $types[$Start] }
    return 'unknown:its Start is ' + $Start
}

# Names of the services that need this one and run, or are about to: it cannot be stopped before them.
function Get-Dependent {
    param($Service)
    if ($null -eq $Service) { return 'unknown:denied' }
    $names = [System.Collections.Generic.List[string]]::new()
    try {
        foreach ($one in $Service.DependentServices) { if (-not (Test-SameText "$($one.Status)" 'Stopped')) { $names.Add($one.Name) } }
        return , (Get-SortedText ($names.ToArray()))
    }
    catch { return 'unknown:' + (Get-Reason $_) }
}

# When the processes of all running services started, by service, in one question for services and one for processes.
function Read-ServiceStart {
    if (-not (Test-SameText (Get-ServiceState 'Winmgmt').state 'Running')) { throw 'WMI is not there: the service Winmgmt does not run' }
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
