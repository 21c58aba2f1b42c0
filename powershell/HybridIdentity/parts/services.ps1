# State and start of a service. CIM is slow to start, so it is asked only for services that exist.
function Get-ServiceFact {
    param([string]$Name)
    $fact = [ordered]@{ state = 'absent'; startTime = '' }
    if ($Name -cnotmatch '\A[^\\/''"%]{1,256}\z') { throw (Get-Failure 'malformed' ('services: received ' + (Limit-Text $Name) + ', which is no name of a service.')) }
    $registered = Read-RegistryValue ('HKLM\SYSTEM\CurrentControlSet\Services\' + $Name) @('Start')
    if (Test-SameText $registered['Start'] 'absent') { return $fact }
    $fact.state = 'unknown'
    try {
        $service = Get-CimInstance -ClassName Win32_Service -Filter ("Name='" + $Name + "'") -Property @('State', 'ProcessId')
        if ($null -eq $service) { return $fact }
        $fact.state = [string]$service.State
        if ($service.ProcessId -gt 0) {
            $process = Get-CimInstance -ClassName Win32_Process -Filter ('ProcessId=' + $service.ProcessId) -Property @('CreationDate')
            if ($null -ne $process -and $null -ne $process.CreationDate) { $fact.startTime = Format-Time ($process.CreationDate.ToUniversalTime()) }
        }
    }
    catch { Write-Verbose ($Name + ' could not be asked: ' + $_.Exception.Message) }
    return $fact
}
