export { type UserRecord, userRecords } from '../kpl/user-record.js';
