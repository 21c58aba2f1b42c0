# Where are the logs of setup and copies of what it overwrites, and what is in them?
# Windows Installer writes secrets into its log. That one lies in a folder for administrators only, and goes as soon as a masked one is written.

function Get-SetupFolder { return [System.IO.Path]::Combine([System.Environment]::GetFolderPath('CommonApplicationData'), 'HybridIdentity', 'logs') }

# Makes the folder, for SYSTEM and Administrators alone. Gives the names of the files of this run.
function Initialize-SetupLog {
    $folder = Get-SetupFolder
    $stamp = 'setup-' + (Format-Time ([datetime]::UtcNow)).Replace(':', '')
    try {
        foreach ($each in @([System.IO.Path]::GetDirectoryName($folder), $folder)) {
            [void][System.IO.Directory]::CreateDirectory($each)
            Protect-Folder $each
        }
    }
    catch { throw (Get-SetupFailure ($folder + ' could not be made or protected: ' + (Get-Reason $_) + '.')) }
    # A name that nobody could have made a file of before.
    return @{
        raw = [System.IO.Path]::Combine($folder, 'raw-' + [guid]::NewGuid().ToString('N') + '.log')
        log = [System.IO.Path]::Combine($folder, $stamp + '.log')
        config = [System.IO.Path]::Combine($folder, $stamp + '.config')
    }
}

# Anybody may make a folder where this one is: whose it is and who may read it is set each time. 5.1 and 7 do it in different ways.
function Protect-Folder {
    param([string]$Path)
    if (([System.IO.File]::GetAttributes($Path) -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) { throw 'it is a link to another folder' }
    $security = [System.Security.AccessControl.DirectorySecurity]::new()
    $security.SetAccessRuleProtection($true, $false)
    $security.SetOwner([System.Security.Principal.SecurityIdentifier]::new('S-1-5-32-544'))
    foreach ($sid in @('S-1-5-18', 'S-1-5-32-544')) {
        $security.AddAccessRule([System.Security.AccessControl.FileSystemAccessRule]::new(
                [System.Security.Principal.SecurityIdentifier]::new($sid),
                [System.Security.AccessControl.FileSystemRights]::FullControl,
                [System.Security.AccessControl.InheritanceFlags]'ContainerInherit, ObjectInherit',
                [System.Security.AccessControl.PropagationFlags]::None,
                [System.Security.AccessControl.AccessControlType]::Allow))
    }
    $info = [System.IO.DirectoryInfo]::new($Path)
    if ($PSVersionTable.PSVersion.Major -lt 6) { $info.SetAccessControl($security) }
    else { [System.IO.FileSystemAclExtensions]::SetAccessControl($info, $security) }
}

# The log with every secret masked, in the place of the one that setup wrote. Gives the exit code that it tells, or $Code, and its path.
function Save-SetupLog {
    param($Logs, [int]$Code)
    $ended = @{ code = $Code; log = '' }
    try {
        if ([System.IO.File]::Exists($Logs.raw)) {
            $bytes = [System.IO.File]::ReadAllBytes($Logs.raw)
            $encoding = [System.Text.Encoding]::UTF8
            if ($bytes.Length -gt 1 -and (($bytes[0] -eq 255 -and $bytes[1] -eq 254) -or $bytes[1] -eq 0)) { $encoding = [System.Text.Encoding]::Unicode }
            $text = $encoding.GetString($bytes)
            # The longest first: one may be a part of another.
            $ordered = [System.Collections.Generic.SortedSet[string]]::new([System.StringComparer]::Ordinal)
            foreach ($secret in $ClientSecret.properties.get_Values()) {
                foreach ($form in @($secret, $secret.Replace('"', '""'))) { [void]$ordered.Add((100000 - $form.Length).ToString('d6') + $form) }
            }
            foreach ($form in $ordered) { $text = $text.Replace($form.Substring(6), '(secret)') }
            if ($Setup.keepLogs -gt 0) {
                [System.IO.File]::WriteAllText($Logs.log, $text, [System.Text.Encoding]::UTF8)
                $ended.log = $Logs.log
            }
            $match = [regex]::Match($text, 'MainEngineThread is returning ([0-9]{1,9})', 'RightToLeft')
            if ($match.Success) { $ended.code = [int]$match.Groups[1].Value }
        }
    }
    catch { Write-Verbose ('The log of setup could not be kept: ' + $_.Exception.Message) }
    Clear-LeftLog
    Limit-SetupLog '\Asetup-.*\.log\z' $Setup.keepLogs
    return $ended
}

function Get-LeftLog { return , (Get-SetupFile '\Araw-[0-9a-f]{32}\.log\z') }

# Deletes the logs that hold secrets, this run's or those of one that was killed.
function Clear-LeftLog {
    foreach ($path in (Get-LeftLog)) {
        try { [System.IO.File]::Delete($path) }
        catch { throw (Get-Failure 'setup' ($path + ' is a log of setup that may hold secrets, and could not be deleted: ' + (Get-Reason $_) + '. Delete it, and run again.')) }
    }
}

# Deletes all but the newest files of a kind.
function Limit-SetupLog {
    param([string]$Pattern, [int]$Most)
    $files = Get-SetupFile $Pattern
    for ($at = 0; $at -lt $files.Length - $Most; $at++) {
        try { [System.IO.File]::Delete($files[$at]) }
        catch { Write-Verbose ($files[$at] + ' stays: ' + (Get-Reason $_)) }
    }
}

# The files of the folder with such a name, the oldest first.
function Get-SetupFile {
    param([string]$Pattern)
    $found = [System.Collections.Generic.List[string]]::new()
    $folder = Get-SetupFolder
    if ([System.IO.Directory]::Exists($folder)) {
        foreach ($path in [System.IO.Directory]::GetFiles($folder)) { if ([System.IO.Path]::GetFileName($path) -cmatch $Pattern) { $found.Add($path) } }
    }
    return , (Get-SortedText ($found.ToArray()))
}

# Copies the configuration file of the service, which setup may overwrite (Microsoft says so). Gives what it held.
function Save-ServiceConfig {
    param($Logs)
    $config = @{ path = ''; text = ''; copy = $Logs.config }
    $image = [regex]::Match((Read-RegistryValue $SetupService @('ImagePath'))['ImagePath'], '\A(?:string|expand):"?([^"]+?\.exe)(?:["\s]|\z)', 'IgnoreCase')
    if (-not $image.Success) { return $config }
    $path = [System.Environment]::ExpandEnvironmentVariables($image.Groups[1].Value) + '.config'
    if (-not [System.IO.File]::Exists($path)) { return $config }
    try {
        $config.text = [System.IO.File]::ReadAllText($path)
        [System.IO.File]::WriteAllText($config.copy, $config.text, [System.Text.Encoding]::UTF8)
    }
    catch { throw (Get-SetupFailure ($path + ' could not be copied, and setup may overwrite it: ' + (Get-Reason $_) + '.')) }
    $config.path = $path
    return $config
}

# What has become of it: `none`, `unchanged`, or `changed` and where the copy is.
function Compare-ServiceConfig {
    param($Config)
    if ($Config.path.Length -eq 0) { return 'none' }
    $now = ''
    try { $now = [System.IO.File]::ReadAllText($Config.path) }
    catch { Write-Verbose ($Config.path + ' could not be read: ' + (Get-Reason $_)) }
    if (Test-SameText $now $Config.text) {
        [System.IO.File]::Delete($Config.copy)
        return 'unchanged'
    }
    # Never none: this run's is what somebody may need now.
    Limit-SetupLog '\Asetup-.*\.config\z' ([Math]::Max(1, $Setup.keepLogs))
    return 'changed, what it was is in ' + $Config.copy
}
