/** A property of an application that is not as declared. */
export interface Difference {
    /** `displayName`, `servicePrincipal.accountEnabled`, `secret "Pulumi 2026-11-22"`, ... */
    property: string;
    /** As JSON, or `absent`. */
    found: string;
    /** As JSON, or `absent`. */
    declared: string;
}
