@{
    RootModule           = 'HybridIdentity.psm1'
    ModuleVersion        = '1.0.0'
    GUID                 = '5b7b1d0e-3a0c-4b7e-9a55-0f3f3f6b9d21'
    Author               = 'pulumi-hybrid-identity'
    Description          = 'Reads and enforces registry values and services of this host for pulumi-hybrid-identity, and remembers what was there before.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FunctionsToExport    = @(
        'Get-HybridIdentityState'
        'Initialize-HybridIdentity'
        'Remove-HybridIdentityState'
        'Set-HybridIdentityState'
        'Uninstall-HybridIdentity'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}
