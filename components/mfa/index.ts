export * from "./perUserMfa";
export * from "./phoneMethods";
