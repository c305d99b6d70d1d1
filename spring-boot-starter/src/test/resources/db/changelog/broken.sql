--liquibase formatted sql
--changeset ann:break-customer
insert into customer values ('not a number');
