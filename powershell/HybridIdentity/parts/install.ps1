# Which module is on this host, and how does another take its place?

function Get-ModuleFolder {
    return [System.IO.Path]::Combine([System.Environment]::GetFolderPath('ProgramFiles'), 'WindowsPowerShell', 'Modules', 'HybridIdentity')
}

# The text of psm1 followed by psd1, byte for byte; a missing file is empty. Without the blocks that signing appends, where asked.
function Read-ModuleText {
    param([string]$Folder, [bool]$Unsigned)
    $text = ''
    foreach ($file in @('HybridIdentity.psm1', 'HybridIdentity.psd1')) {
        $path = [System.IO.Path]::Combine($Folder, $file)
        if ([System.IO.File]::Exists($path)) {
            $part = [System.Text.Encoding]::GetEncoding(28591).GetString([System.IO.File]::ReadAllBytes($path))
            if ($Unsigned) { $part = [regex]::Replace($part, '\r?\n# SIG # Begin signature block[\s\S]*\z', '') }
            $text += $part
        }
    }
    return $text
}

# What this process installs, where the request does not have it.
$Install = @{ psm1 = '' }

# Takes away the files that were copied here to be installed, also by runs that did not end. They lie in the profile folder, which is where SFTP
# puts a bare name.
function Remove-CopiedModule {
    try {
        foreach ($path in [System.IO.Directory]::GetFiles([System.Environment]::GetEnvironmentVariable('USERPROFILE'))) {
            if ([System.IO.Path]::GetFileName($path) -cmatch '\AHybridIdentity-[0-9.]+-[0-9]{8}T[0-9]{9}Z\.psm1\z') { [System.IO.File]::Delete($path) }
        }
    }
    catch { Write-Verbose ('A copy of the module stays: ' + (Get-Reason $_)) }
}

# All installed versions: folders whose name is a version.
function Get-ModuleVersion {
    $versions = [System.Collections.Generic.List[object]]::new()
    $folder = Get-ModuleFolder
    if ([System.IO.Directory]::Exists($folder)) {
        foreach ($path in [System.IO.Directory]::GetDirectories($folder)) {
            $name = [System.IO.Path]::GetFileName($path)
            if ($name -cmatch '\A[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}\z') { $versions.Add(@{ version = [version]$name; name = $name; path = $path }) }
        }
    }
    return , $versions.ToArray()
}

# The newest 1.x, which is what the commands import; $null where there is none.
function Get-NewestModule {
    $newest = $null
    foreach ($candidate in (Get-ModuleVersion)) {
        if ($candidate.version.Major -ne 1) { continue }
        if ($null -eq $newest -or $candidate.version -gt $newest.version) { $newest = $candidate }
    }
    if ($null -eq $newest) { return $null }
    $text = Read-ModuleText $newest.path $false
    $unsigned = Read-ModuleText $newest.path $true
    return [ordered]@{ version = $newest.name; sha256 = (Get-Sha256 $text); unsignedSha256 = (Get-Sha256 $unsigned) }
}

# SIDs of the accounts that may read the records.
function Resolve-Reader {
    param([string[]]$Readers)
    $sids = [System.Collections.Generic.List[string]]::new()
    foreach ($reader in $Readers) {
        try {
            if ($reader -cmatch '\AS-1-[0-9-]+\z') { $sids.Add([System.Security.Principal.SecurityIdentifier]::new($reader).Value) }
            else { $sids.Add([System.Security.Principal.NTAccount]::new($reader).Translate([System.Security.Principal.SecurityIdentifier]).Value) }
        }
        catch { throw (Get-Failure 'install' ('readers: ' + (Limit-Text $reader) + ' is no account that this host knows: ' + (Get-Reason $_))) }
    }
    return , $sids.ToArray()
}

# Writes the module beside its place, verifies it and renames it into place. Gives $false where it is there already.
function Install-ModuleFile {
    param([string]$Version, [string]$Psm1, [string]$Sha256)
    $folder = Get-ModuleFolder
    $target = [System.IO.Path]::Combine($folder, $Version)
    if ((Get-Sha256 (Read-ModuleText $target $false)) -ceq $Sha256) { return $false }
    $mark = [guid]::NewGuid().ToString('N')
    $new = [System.IO.Path]::Combine($folder, 'new-' + $mark)
    $old = [System.IO.Path]::Combine($folder, 'old-' + $mark)
    try {
        [void][System.IO.Directory]::CreateDirectory($new)
        [System.IO.File]::WriteAllText([System.IO.Path]::Combine($new, 'HybridIdentity.psm1'), $Psm1, [System.Text.Encoding]::ASCII)
        [System.IO.File]::WriteAllText([System.IO.Path]::Combine($new, 'HybridIdentity.psd1'), $Manifest, [System.Text.Encoding]::ASCII)
        if ((Get-Sha256 (Read-ModuleText $new $false)) -cne $Sha256) {
            throw (Get-Failure 'install' ('The files in ' + $new + ' do not read back as they were written.'))
        }
        if ([System.IO.Directory]::Exists($target)) { [System.IO.Directory]::Move($target, $old) }
        [System.IO.Directory]::Move($new, $target)
    }
    catch {
        if (-not [System.IO.Directory]::Exists($target) -and [System.IO.Directory]::Exists($old)) { [System.IO.Directory]::Move($old, $target) }
        throw
    }
    return $true
}

# Takes away older versions, which nothing needs (newer modules read older documents), and what a killed install left.
# Gives the versions. A folder that is in use stays until the next install.
function Remove-OldModule {
    param([string]$Version)
    $removed = [System.Collections.Generic.List[string]]::new()
    foreach ($candidate in (Get-ModuleVersion)) {
        if ($candidate.version -ge [version]$Version) { continue }
        try {
            [System.IO.Directory]::Delete($candidate.path, $true)
            $removed.Add($candidate.name)
        }
        catch { Write-Verbose ($candidate.path + ' stays: ' + (Get-Reason $_)) }
    }
    foreach ($path in [System.IO.Directory]::GetDirectories((Get-ModuleFolder))) {
        if ([System.IO.Path]::GetFileName($path) -cnotmatch '\A(new|old)-[0-9a-f]{32}\z') { continue }
        try { [System.IO.Directory]::Delete($path, $true) }
        catch { Write-Verbose ($path + ' stays: ' + (Get-Reason $_)) }
    }
    return , $removed.ToArray()
}
