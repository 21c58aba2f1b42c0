# What may an administrator, or a command of the program, call?

function Get-HybridIdentityState {
    <#
    .SYNOPSIS
    Reads an observe request from standard input and answers it. Changes nothing and needs no elevation.
    .EXAMPLE
    cmd /c 'powershell -NoProfile -Command Get-HybridIdentityState < observe.json'
    The answer stands on standard output.
    #>
    [CmdletBinding()]
    param()
    Complete-Command 'observe' $null
}

function Set-HybridIdentityState {
    <#
    .SYNOPSIS
    Reads a document from standard input and enforces it: writes values that differ, reads them back, keeps the records.
    With -WhatIf it only says what it would do to each value.
    .EXAMPLE
    cmd /c 'powershell -NoProfile -Command Set-HybridIdentityState -WhatIf < document.json'
    Says what the document would change, and changes nothing.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    param()
    Complete-Command 'set' $PSCmdlet
}

function Remove-HybridIdentityState {
    <#
    .SYNOPSIS
    Reads a document from standard input and lets its values go, each with what was there before.
    With -WhatIf it only says what it would do to each value.
    .EXAMPLE
    cmd /c 'powershell -NoProfile -Command Remove-HybridIdentityState -WhatIf < document.json'
    Says which values would be put back, and changes nothing.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    param()
    Complete-Command 'remove' $PSCmdlet
}

function Initialize-HybridIdentity {
    <#
    .SYNOPSIS
    Makes the records key on a host where administrators install this module themselves.
    .PARAMETER Readers
    Accounts or SIDs that may read the records, for example the group of an observer account. Replaces the present ones.
    .EXAMPLE
    Initialize-HybridIdentity -Readers 'CONTOSO\mim-observers'
    Lets the members of that group read the records, beside administrators.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    param([string[]]$Readers = @())
    Assert-FullLanguage
    Assert-Bitness
    Assert-Elevation
    $sids = Resolve-Reader $Readers
    if (-not $PSCmdlet.ShouldProcess($RecordKey, 'Make, for these to read: ' + [string]::Join(', ', @('administrators') + @($sids)))) { return }
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
    .EXAMPLE
    Uninstall-HybridIdentity -WhatIf
    Says what would be deleted, and deletes nothing.
    #>
    [CmdletBinding(SupportsShouldProcess)]
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
        $folder = Get-ModuleFolder
        if (-not $PSCmdlet.ShouldProcess($RecordKey + ', ' + $folder, 'Delete')) { return }
        Remove-RegistryKey $RecordKey
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
