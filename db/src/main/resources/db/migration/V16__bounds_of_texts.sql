-- Whoever reads a row must hold it. The API bounds these texts; a producer that writes the tables itself is bounded here.
-- Rows that are there already are left as they are.

alter table messages
    add constraint messages_content_size check (octet_length(content) <= 65536) not valid,
    add constraint messages_sender_size check (octet_length(sender_id) <= 255) not valid;

alter table members add constraint members_user_size check (octet_length(user_id) <= 255) not valid;

alter table conversations add constraint conversations_title_size check (octet_length(title) <= 800) not valid;
