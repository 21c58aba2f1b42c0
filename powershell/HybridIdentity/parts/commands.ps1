function Get-HybridIdentityState {
    <#
    .SYNOPSIS
    Reads an observe request from standard input and answers it. Changes nothing and needs no elevation.
    #>
    [CmdletBinding()]
    param()
    Complete-Command 'observe'
}

function Set-HybridIdentityState {
    <#
    .SYNOPSIS
    Reads a document from standard input and enforces it: writes values that differ, reads them back, keeps the records.
    #>
    [CmdletBinding()]
    param()
    Complete-Command 'set'
}

function Remove-HybridIdentityState {
    <#
    .SYNOPSIS
    Reads a document from standard input and lets its values go, each with what was there before.
    #>
    [CmdletBinding()]
    param()
    Complete-Command 'remove'
}

function Initialize-HybridIdentity {
    <#
    .SYNOPSIS
    Makes the records key on a host where administrators install this module themselves.
    .PARAMETER Readers
    Accounts or SIDs that may read the records, for example the group of an observer account. Replaces the present ones.
    #>
    [CmdletBinding()]
    param([string[]]$Readers = @())
    Assert-FullLanguage
    Assert-Bitness
    Assert-Elevation
    $sids = Resolve-Reader $Readers
    $mutex = Enter-HostMutex
    try { Initialize-RecordKey $sids }
    finally { Exit-HostMutex $mutex }
}

function Uninstall-HybridIdentity {
    <#
    .SYNOPSIS
    Removes this module in all versions, and the records. Values stay as they are.
    .PARAMETER Force
    Also where stacks still manage values of this host: their originals are forgotten.
    #>
    [CmdletBinding()]
    param([switch]$Force)
    Assert-FullLanguage
    Assert-Bitness
    Assert-Elevation
    $mutex = Enter-HostMutex
    try {
        $owners = [System.Collections.Generic.SortedSet[string]]::new([System.StringComparer]::Ordinal)
        foreach ($entry in (Read-RecordStore).records.GetEnumerator()) {
            if ($entry.Value.owner.Length -gt 0) { [void]$owners.Add($entry.Value.owner + '/' + $entry.Value.document) }
        }
        if ($owners.Count -gt 0 -and -not $Force) {
            throw (Get-Failure 'owner' ('Values of this host are still managed by ' + [string]::Join(', ', [string[]]@($owners)) + '. Destroy those first, or use -Force and lose what was there before.'))
        }
        Remove-RegistryKey $RecordKey
        $folder = Get-ModuleFolder
        if ([System.IO.Directory]::Exists($folder)) { [System.IO.Directory]::Delete($folder, $true) }
    }
    finally {
        Exit-HostMutex $mutex
    }
}

if ($ExecutionContext.SessionState.Module) {
    Export-ModuleMember -Function @(
        'Get-HybridIdentityState'
        'Initialize-HybridIdentity'
        'Remove-HybridIdentityState'
        'Set-HybridIdentityState'
        'Uninstall-HybridIdentity'
    )
}
