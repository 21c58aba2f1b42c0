/** What a run does about drift: repair it in `pulumi up`, or only report it. */
export const Mode = { enforce: "enforce", audit: "audit" } as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

/** What becomes of values when their component is removed: left as they are, or put back to what was there before. */
export const OnDestroy = { retain: "retain", restore: "restore" } as const;
export type OnDestroy = (typeof OnDestroy)[keyof typeof OnDestroy];

/** What a run does when a host does not answer: end with an error, or keep everything of that host as it is in state and warn. */
export const OnUnreachable = { fail: "fail", skip: "skip" } as const;
export type OnUnreachable = (typeof OnUnreachable)[keyof typeof OnUnreachable];

/** How the PowerShell module comes to a host: installed by this library, or signed and deployed by its administrators. */
export const ModuleSource = { install: "install", preinstalled: "preinstalled" } as const;
export type ModuleSource = (typeof ModuleSource)[keyof typeof ModuleSource];

/** How the application's access to mailboxes is limited; decides whether it gets a consent for the whole tenant. `migrate` goes from the first to the second. */
export const MailMethod = { accessPolicy: "accessPolicy", rbac: "rbac", migrate: "migrate" } as const;
export type MailMethod = (typeof MailMethod)[keyof typeof MailMethod];

/** Which way a MIM Service sends its mail: EWS of Exchange Online, EWS of an Exchange server on premises, or an SMTP relay. */
export const MailRoute = { exchangeOnline: "exchangeOnline", exchangeServer: "exchangeServer", smtp: "smtp" } as const;
export type MailRoute = (typeof MailRoute)[keyof typeof MailRoute];

/** Whether a service runs. */
export const ServiceState = { running: "running", stopped: "stopped" } as const;
export type ServiceState = (typeof ServiceState)[keyof typeof ServiceState];

/** When Windows starts a service: at boot, some minutes after it, when somebody asks, or never. */
export const StartType = { automatic: "automatic", automaticDelayed: "automaticDelayed", manual: "manual", disabled: "disabled" } as const;
export type StartType = (typeof StartType)[keyof typeof StartType];

/** When a service is restarted: not by itself, or when a value that it reads at its start was changed since. */
export const Restart = { never: "never", whenNeeded: "whenNeeded" } as const;
export type Restart = (typeof Restart)[keyof typeof Restart];

/** Who puts a MIM Service's client secret in place: this library, in the server's registry, or people, by setup in change mode. */
export const SecretBy = { registry: "registry", installer: "installer" } as const;
export type SecretBy = (typeof SecretBy)[keyof typeof SecretBy];
