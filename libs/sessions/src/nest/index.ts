export { BrowserSession, type FoundSession } from './browser-session.js';
export { type BrowserRequest, BrowserSessions } from './browser-sessions.js';
export { CurrentSession, SessionGuard, SignedIn } from './session.guard.js';
export { type SessionsModuleOptions } from './sessions-options.js';
export { type AsyncSessionsModuleOptions, SessionsModule } from './sessions.module.js';
