export * from "./ewsAccess";
export * from "./mailboxScope";
export type { MailboxAccess } from "./access";
export type { MailboxScopeChoice } from "./scopeChoice";
export * from "./resources";
