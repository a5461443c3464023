-- Runs once, on an empty volume. The image makes the user from MYSQL_USER; it gets this schema and nothing else.
CREATE DATABASE IF NOT EXISTS usermgmt;
GRANT ALL ON usermgmt.* TO 'usermgmt'@'%';
