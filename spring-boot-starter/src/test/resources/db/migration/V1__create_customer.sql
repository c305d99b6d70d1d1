create table customer (id integer, name text);
