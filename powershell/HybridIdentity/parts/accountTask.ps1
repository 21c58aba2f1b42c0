# How does a command run as the account of a service? As a scheduled task that is there only meanwhile, in a folder of its own.
# Tests put other functions in the place of the last three.
$TaskFolder = 'HybridIdentity'
$TaskName = 'Encrypt the client secret of the MIM Service'
# Named by the HRESULT of Windows: what to do about it.
$TaskAdvice = @{
    '8007052E' = 'The password is not that of the account. Give accountPassword the present one: each run makes one failed logon.'
    '80070532' = 'The password of the account has expired. Give the account a new one, the service too, and accountPassword.'
    '80070533' = 'The account is disabled. Enable it.'
    '80070775' = 'The account is locked out. Unlock it, and see that accountPassword is right.'
    '80070569' = 'The account has not the right "Log on as a batch job" on this host. Grant it, by the group policy that sets this right where there is one.'
    '80070520' = 'A policy of this host (Network access: Do not allow storage of passwords and credentials for network authentication) keeps Windows from making tasks with a password. Give the service a group-managed account, or use setup in change mode.'
    '80070005' = 'The Task Scheduler denies it to the account of this session. Let that account make tasks in the root folder of the Task Scheduler.'
}

# Whom the MIM Service runs as, and how a task logs that account on: by password (1) or as Windows' own (5).
function Get-ServiceLogon {
    $service = 'FIMService'
    try { $account = Get-RegistryText ($ServiceKey + $service) 'ObjectName' }
    catch { throw (Get-Failure 'denied' ('The account of the service ' + $service + ' could not be read: ' + (Get-Reason $_))) }
    if ($account.Length -eq 0) {
        throw (Get-Failure 'secret' ('There is no service ' + $service + ' with an account here. The secret is encrypted as that account: install the MIM Service first.'))
    }
    $sid = (Resolve-Account @($account))[$account]
    $logon = @{ account = [regex]::Replace($account, '\A\.\\', [System.Environment]::MachineName + '\'); sid = $sid; type = 1 }
    if ($sid -cnotmatch '\AS-1-') {
        throw (Get-Failure 'secret' ('The account ' + $account + ' of the service ' + $service + ' was not found (' + [regex]::Replace($sid, '\Aunknown:', '') + '). It stands in the service as "Log on as" (ObjectName of its registry key). See that the account exists and that a domain controller answers, or give the service the account that it shall run as; then run again.'))
    }
    if ($sid -cmatch '\AS-1-5-80-') {
        throw (Get-Failure 'secret' ('The service ' + $service + ' runs as the virtual account ' + $account + ', which no task can run as. Use setup in change mode, or give the service a domain account.'))
    }
    if ($sid -cmatch '\AS-1-5-(18|19|20)\z') {
        $logon.account = $sid
        $logon.type = 5
    }
    elseif ($ClientSecret.password.Length -eq 0 -and $account -cnotmatch '\$\z') {
        throw (Get-Failure 'secret' ('The service ' + $service + ' runs as ' + $account + ', and only that account can encrypt the secret. Give its password in accountPassword; only a group-managed account needs none.'))
    }
    return $logon
}

# A failure in the words of Windows, with what to do.
function Get-TaskFailure {
    param([string]$What, [int]$Result, [string]$Words)
    $code = $Result.ToString('X8')
    $advice = 'See the history of the task in the Task Scheduler of this host.'
    if ($TaskAdvice.ContainsKey($code)) { $advice = $TaskAdvice[$code] }
    return Get-Failure 'secret' ($What + ' (0x' + $code + '): ' + $Words + ' ' + $advice + ' Nothing was changed.')
}

# Runs PowerShell as the account. The command line holds no secret.
function Invoke-AccountCommand {
    param($Logon, [string]$Command)
    try {
        $scheduler = New-Object -ComObject 'Schedule.Service'
        [void]$scheduler.Connect()
        $folder = $scheduler.GetFolder('\').CreateFolder($TaskFolder)
        $task = $scheduler.NewTask(0)
        $task.RegistrationInfo.Description = 'Made by the module HybridIdentity for a few seconds, and deleted by it. One that is still here was left by a run that was killed: the next one deletes it.'
        $task.Settings.ExecutionTimeLimit = 'PT2M'
        $task.Settings.DisallowStartIfOnBatteries = $false
        $task.Settings.StopIfGoingOnBatteries = $false
        $action = $task.Actions.Create(0)
        $action.Path = [System.IO.Path]::Combine([System.Environment]::GetFolderPath('System'), 'WindowsPowerShell\v1.0\powershell.exe')
        $action.Arguments = '-NoLogo -NoProfile -NonInteractive -Command "' + $Command + '"'
        $password = $null
        # A group-managed account gets its own, where none is given.
        if ($Logon.type -eq 1 -and $Logon.account -cnotmatch '\$\z') { $password = $ClientSecret.password }
        # 2: it is made, and must not be there.
        $registered = $folder.RegisterTaskDefinition($TaskName, $task, 2, $Logon.account, $password, $Logon.type)
        [void]$registered.Run($null)
    }
    catch {
        $exception = Get-InnerException $_
        throw (Get-TaskFailure ('No task could be made that runs as ' + $Logon.account) $exception.HResult ($exception.Message.Trim()))
    }
}

# How the command of the task has ended; an empty text while it goes on.
function Get-AccountCommandEnd {
    $scheduler = New-Object -ComObject 'Schedule.Service'
    [void]$scheduler.Connect()
    $task = $scheduler.GetFolder('\' + $TaskFolder).GetTask($TaskName)
    # Ready again, and not one that runs, has not yet run or is queued.
    if ($task.State -ne 3 -or @(0x41301, 0x41303, 0x41325) -ccontains $task.LastTaskResult) { return '' }
    return $task.LastTaskResult.ToString('X8')
}

# Deletes the task, this run's or that of one that was killed.
function Clear-AccountCommand {
    $scheduler = New-Object -ComObject 'Schedule.Service'
    [void]$scheduler.Connect()
    $root = $scheduler.GetFolder('\')
    foreach ($folder in $root.GetFolders(0)) {
        if (-not [string]::Equals($folder.Name, $TaskFolder, [System.StringComparison]::OrdinalIgnoreCase)) { continue }
        foreach ($task in $folder.GetTasks(1)) {
            try { [void]$task.Stop(0) }
            catch { Write-Verbose ('The task does not run: ' + $_.Exception.Message) }
            [void]$folder.DeleteTask($task.Name, 0)
        }
        [void]$root.DeleteFolder($TaskFolder, 0)
    }
}
