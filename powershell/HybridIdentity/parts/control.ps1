# How does a service get into a state, and how is a restart that was killed finished?

# How long a document waits for each start and stop.
$ServiceWait = @{ seconds = 120 }

# The word of the Service Control Manager, `absent`, or `unknown:REASON`.
function Get-ServiceWord {
    param([string]$Name)
    return (Get-ServiceState $Name).state
}

# Automatic, AutomaticDelayed, Manual or Disabled; `absent`, or `unknown:REASON`.
function Get-ServiceStartType {
    param([string]$Name)
    if ((Get-ServiceWord $Name) -ceq 'absent') { return 'absent' }
    $setup = Read-RegistryValue ($ServiceKey + $Name) @('Start', 'DelayedAutostart')
    return Get-StartType $setup['Start'] $setup['DelayedAutostart']
}

# Waits while a service is on its way from one state to another. Gives the state that it is in then.
function Wait-ServiceState {
    param([string]$Name)
    for ($round = 0; $round -le 5 * $ServiceWait.seconds; $round++) {
        $state = Get-ServiceWord $Name
        if ($state -cnotmatch 'Pending\z') { return $state }
        [System.Threading.Thread]::Sleep(200)
    }
    $waited = $ServiceWait.seconds
    # What puts things back shall not wait as long once more.
    $ServiceWait.seconds = 1
    throw (Get-Failure 'service' ('The service ' + $Name + ' is ' + $state + ' after ' + $waited + ' seconds. See what it waits for, in its own log; where it only needs longer, give it more time.'))
}

# Brings a service into a state. Whether it stayed there is for the caller to see.
function Set-ServiceState {
    param([string]$Name, [string]$State)
    $present = Wait-ServiceState $Name
    if (Test-SameText $present $State) { return }
    try {
        $service = (Get-ServiceState $Name).service
        if ($State -ceq 'Stopped') {
            foreach ($dependent in (Get-RunningDependent $service)) { Set-ServiceState $dependent 'Stopped' }
            $service.Stop()
        }
        elseif ($present -ceq 'Paused') { $service.Continue() }
        elseif ($present -ceq 'Stopped') { $service.Start() }
        # One that was found paused is put back so.
        if ($State -ceq 'Paused' -and (Wait-ServiceState $Name) -ceq 'Running') { $service.Pause() }
    }
    catch {
        $exception = Get-InnerException $_
        if ($exception.Data.Contains('code')) { throw }
        $message = $exception.Message
        if ($null -ne $exception.InnerException) { $message += ' ' + $exception.InnerException.Message }
        throw (Get-Failure 'service' ('The service ' + $Name + ', which is ' + $present + ', does not get ' + $State + ': ' + $message))
    }
    [void](Wait-ServiceState $Name)
}

# The services that need this one and run, in an order in which they can be stopped.
function Get-RunningDependent {
    param($Service)
    $running = [System.Collections.Generic.List[string]]::new()
    foreach ($dependent in $Service.DependentServices) {
        if ((Wait-ServiceState $dependent.ServiceName) -cne 'Stopped') { $running.Add($dependent.ServiceName) }
    }
    return , $running.ToArray()
}

# The services that stop where this is written to a value, in the order in which they do.
function Get-StoppedAlong {
    param($Place, [string]$Notation)
    $service = Get-KeyService $Place.key
    if ($service.Length -eq 0 -or -not (Test-StateName $Place.name) -or $Notation -cne 'string:Stopped') { return , [string[]]@() }
    return , (Get-RunningDependent (Get-ServiceState $service).service)
}

# The same in 5.1, which knows no delayed start and does not take it away either, and in 7: the delay is a value that Windows reads when it
# boots.
function Set-StartType {
    param([string]$Name, [string]$StartType)
    $why = ''
    try { Set-Service -Name $Name -StartupType ([regex]::Replace($StartType, 'Delayed\z', '')) -ErrorAction Stop }
    catch { $why = Limit-Text (Get-Reason $_) }
    $found = Get-ServiceStartType $Name
    if ($found -cne $StartType -and $found -cmatch '\AAutomatic' -and $StartType -cmatch '\AAutomatic') {
        Write-RegistryValue ($ServiceKey + $Name) 'DelayedAutostart' ('dword:' + [int]($StartType -ceq 'AutomaticDelayed'))
        $found = Get-ServiceStartType $Name
    }
    if ($found -cne $StartType) { throw (Get-Failure 'service' ('The start type of the service ' + $Name + ' is ' + $found + ' and does not get ' + $StartType + '. ' + $why)) }
}

# Whether a service is disabled once the document's start types are written.
function Test-Disabled {
    param($Document, [string]$Name)
    $id = Get-ValueId ('SERVICE\' + $Name) 'StartType'
    foreach ($value in $Document.desired) {
        if ([string]::Equals($value.id, $id, [System.StringComparison]::OrdinalIgnoreCase)) { return $value.notation -ceq 'string:Disabled' }
    }
    return (Get-ServiceStartType $Name) -ceq 'Disabled'
}

# Refuses what cannot be done to a service, before anything is done.
function Assert-Service {
    param($Document)
    foreach ($value in $Document.desired) {
        $name = Get-KeyService $value.key
        if ($name.Length -eq 0) { continue }
        $state = Get-ServiceWord $name
        if ($state -ceq 'absent') {
            throw (Get-Failure 'service' ('There is no service ' + $name + '. Give its own name, not the one that is displayed: Get-Service shows both.'))
        }
        $starts = (Test-StateName $value.name) -and $value.notation -ceq 'string:Running' -and $state -cnotmatch '\A(Running|Paused)\z'
        if ($starts -and (Test-Disabled $Document $name)) {
            throw (Get-Failure 'service' ('The service ' + $name + ' is disabled, so it cannot be started. Declare another start type with the state.'))
        }
    }
}

# The services of `restart` that run since before their time. Where nobody knows since when one runs, nothing may be changed.
function Get-DueRestart {
    param($Document)
    $due = [System.Collections.Generic.List[string]]::new()
    foreach ($entry in $Document.restart.GetEnumerator()) {
        $fact = (Get-ServiceFact @($entry.Key))[$entry.Key]
        if ($fact.state -ceq 'absent') { throw (Get-Failure 'service' ('There is no service ' + $entry.Key + ' to restart. Give its own name.')) }
        if ($fact.state -cmatch '\A(Stopped|StopPending)\z') { continue }
        if ($fact.startTime -cnotmatch ('\A' + $TimePattern + '\z')) {
            $reason = [regex]::Replace("$($fact.state) $($fact.startTime)", '\A.*unknown:', '')
            throw (Get-Failure 'service' ('It is not known since when the service ' + $entry.Key + ' runs, so not whether it has to restart: ' + $reason + '. Restart it by hand and take the restart out of the program.'))
        }
        if ([string]::CompareOrdinal($fact.startTime, $entry.Value) -ge 0) { continue }
        foreach ($name in (@($entry.Key) + (Get-RunningDependent (Get-ServiceState $entry.Key).service))) {
            if (Test-Disabled $Document $name) { throw (Get-Failure 'service' ('The service ' + $name + ' runs and is disabled, so that it could not be started again after a restart. Give it another start type.')) }
        }
        $due.Add($entry.Key)
    }
    return , $due.ToArray()
}

# Restarts a service, and the services that it takes along: they are noted first, so that a run that is killed in between loses none.
function Restart-HostService {
    param([string]$Name, $Run)
    $again = [System.Collections.Generic.List[string]]::new()
    $again.Add($Name)
    $dependents = Get-RunningDependent (Get-ServiceState $Name).service
    for ($at = $dependents.Length - 1; $at -ge 0; $at--) { $again.Add($dependents[$at]) }
    Write-RegistryValue $RecordKey 'Restarting' ('multi:' + (ConvertTo-JsonText $again))
    $Run.restarting = $Name
    Set-ServiceState $Name 'Stopped'
    Complete-Restart
    $Run.restarting = ''
    $Run.restarted.Add($Name)
}

# Starts what a restart has stopped, this run's or an earlier one's that was killed; not what somebody has disabled or taken away since.
function Complete-Restart {
    $noted = ConvertFrom-Notation (Read-RegistryValue $RecordKey @('Restarting'))['Restarting']
    if ($null -eq $noted) { return }
    foreach ($name in $noted.value) {
        if ((Get-ServiceStartType $name) -cmatch '\A(absent|Disabled)\z') { continue }
        Set-ServiceState $name 'Running'
        $state = Get-ServiceWord $name
        if ($state -cne 'Running') { throw (Get-Failure 'service' ('The service ' + $name + ' was stopped to restart it and is ' + $state + ' after its start. See its own log. The next run tries again.')) }
    }
    Write-RegistryValue $RecordKey 'Restarting' 'absent'
}
