--liquibase formatted sql
--changeset ann:create-customer
create table customer (id integer, name text);
--changeset ann:fill-customer
insert into customer select i from generate_series(1, 5) as i;
