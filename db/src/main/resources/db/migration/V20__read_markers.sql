-- Who was a member before there were read markers has read everything. By itself, since it writes every membership: it
-- locks rows of members only, and posts continue meanwhile.
update members m set read_seq = c.last_seq
from conversations c
where c.id = m.conversation_id and c.last_seq > 0 and m.read_seq = 0 and m.version = 0;
