export * from "./ewsAccess";
export * from "./mailboxScope";
export type { MailboxAccess } from "./mailboxScope/access";
export type { MailboxScopeChoice } from "./mailboxScope/scopeChoice";
export * from "./resources";
