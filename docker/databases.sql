-- One database per service: none reads another's.
CREATE DATABASE auth;
CREATE DATABASE catalog;
CREATE DATABASE orders;
CREATE DATABASE analytics;
