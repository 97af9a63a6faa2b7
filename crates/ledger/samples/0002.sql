-- id: 179c2801a1054991c7262e4bac01c7c7
-- head: 23ef203bf6b614bcae2b12b6326745354f62f0fee4cb0c9fd4fb5d1a82476ad8
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'entries','2026-11-23 20:52:43',1,X'7125869c96cce10a8a16d774615ec9d403082066c7e72dbc740ecd2dd51e2c1efca10cedbae8db0e755785964c6691a5',1178317);
INSERT INTO _sqlx_migrations VALUES(2,'outbox','2026-11-26 10:41:34',1,X'4f046718a523119abb468794a51aab7435708684e53eb152f5fa9722024927a839976ab3f195bae6e46f2ab9a8147707',1074869);
CREATE TABLE ledger (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    id        TEXT    NOT NULL CHECK (length(id) = 32),
    rehearsal INTEGER NOT NULL CHECK (rehearsal IN (0, 1))
) STRICT;
INSERT INTO ledger VALUES(1,'179c2801a1054991c7262e4bac01c7c7',0);
CREATE TABLE entry (
    seq          INTEGER PRIMARY KEY CHECK (seq > 0),
    at           TEXT NOT NULL,
    stream       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    payload_hash TEXT NOT NULL CHECK (length(payload_hash) = 64),
    hash         TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
INSERT INTO entry VALUES(1,'2026-11-23T10:00:00.5Z','train','began','d62976605338d7d6329fbc4c42137a55046ebd364e4b5e06603334fd6063e736','a7b14b4d5147f2abd851af747e2f7abee828bea66bdb41d190a295bc3665f9d9');
INSERT INTO entry VALUES(2,'2026-11-23T10:01:00.5Z','train','adopted','5e7fb35dfa5ce4daf0dbf70eb45bdab89691afdb0cb063a1f2ca207c609c704d','d9a4db3786e6986a70ce9d45212e3774ebe1417ce065f840181798508a19277e');
INSERT INTO entry VALUES(3,'2026-11-23T10:02:00.5Z','push/2026.11.26','stayed','d6026730c6cefe994ad7afd784dd377d3633d3f2f3080c61925b48fa0b1171e8','ae0566cf9d1f014a96796972b586f805ff90205e55eb1210f3f28dc3bc2aa753');
INSERT INTO entry VALUES(4,'2026-11-23T10:03:00.5Z','push/2026.11.26','overridden','09eb5b932f573570046f9b38e77e7934870ecb78122867ab053670e724888e7d','696755b496ff2d64de3d96007a581ad41e4bc7f7c26f8d6d1ded99f9cfb281bd');
INSERT INTO entry VALUES(5,'2026-11-23T10:04:00.5Z','train','noticed','249beac2480524b2e62e25c743dfe4350dea42e0a0c11dd47c4c49fb83b7df4c','23b73337e3d0fedb3a9038e053b7d374a86ce960a06c48645000c4190c04e590');
INSERT INTO entry VALUES(6,'2026-11-23T10:05:00.5Z','train','approved','701310defbd22e65ae2bdf3ee3f6c2ed193bad0c615bbce08c0083979cd44fb9','630f9277e14e4fa9b9b32112e0efe47bb701b162460269ebd5022bab4d2e3b5e');
INSERT INTO entry VALUES(7,'2026-11-23T10:06:00.5Z','train','cancelled','ae2643573bf19dece2e975fdd42dc4657ebf2b8046744f92891188106ef4e139','23ef203bf6b614bcae2b12b6326745354f62f0fee4cb0c9fd4fb5d1a82476ad8');
CREATE TABLE payload (
    seq  INTEGER PRIMARY KEY REFERENCES entry (seq),
    salt TEXT NOT NULL CHECK (length(salt) = 64),
    body TEXT NOT NULL
) STRICT;
INSERT INTO payload VALUES(1,'d258f41757d7159176f3d3ee4196c8d28b8ed040c30ca83b90e6a8b76fbe7467','{"actor":{"name":"mat","roles":["hero","security"],"proof":{"local":1000}},"event":{"kind":"began","on":"2026-11-23","rehearsal":false}}');
INSERT INTO payload VALUES(2,'397ccf491cee276e35cbc52d4f15e13a89ebd37d4ecf1d774b7502dcf2b145a6','{"actor":{"name":"mat","roles":["hero","security"],"proof":{"local":1000}},"event":{"kind":"adopted","from":null,"head":null,"because":"first use"}}');
INSERT INTO payload VALUES(3,'da6dc6d9ac03e5ffbe8059c216c40a0b52c9fe1072fd500edfbce9abdb067ecd','{"actor":{"name":"mat","roles":["hero","security"],"proof":{"local":1000}},"event":{"kind":"stayed","push":"2026.11.26","repo":"addons-frontend","tag":"2026.11.19-1","because":"nothing new"}}');
INSERT INTO payload VALUES(4,'316f5b49bdddc3be1031926422df7fd92f6f888da1b72d2ad474cb57322e19c8','{"actor":{"name":"mat","roles":["hero","security"],"proof":{"local":1000}},"event":{"kind":"overridden","push":"2026.11.26","rule":"without-security","because":"review is late – “tomorrow”"}}');
INSERT INTO payload VALUES(5,'e41622bc802a408b7465a87f1c58f84340f1d040246ec0ba4d46f5920073b263','{"actor":{"name":"mat","roles":["hero","security"],"proof":{"local":1000}},"event":{"kind":"noticed","repo":"addons-server","name":"refs/tags/2026.11.19","recorded":"1111111111111111111111111111111111111111","found":null}}');
INSERT INTO payload VALUES(7,'c857186271d41c594ea571bbf3b2ee83cd7cd86b9dcb84aa7ffb20549642385f','{"actor":{"name":"mat","roles":["hero","security"],"proof":{"local":1000}},"event":{"kind":"cancelled","push":"2026.12.24","because":"holidays"}}');
CREATE TABLE erased (
    seq INTEGER PRIMARY KEY REFERENCES entry (seq)
) STRICT;
INSERT INTO erased VALUES(6);
CREATE TABLE projection (
    name TEXT    PRIMARY KEY,
    seq  INTEGER NOT NULL CHECK (seq >= 0),
    body TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO projection VALUES('state',7,'{"pushes":{}}');
CREATE TABLE observation (
    name        TEXT PRIMARY KEY,
    observed_at TEXT NOT NULL,
    body        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO observation VALUES('look/addons-server','2026-11-23T10:30:00Z','{}');
CREATE TABLE outbox (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    reached INTEGER NOT NULL CHECK (reached >= 0)
) STRICT;
INSERT INTO outbox VALUES(1,7);
CREATE TABLE delivery (
    place   INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL,
    channel TEXT    NOT NULL,
    over    INTEGER NOT NULL CHECK (over IN (0, 1)),
    body    TEXT    NOT NULL,
    UNIQUE (id, channel)
) STRICT;
INSERT INTO delivery VALUES(1,'23ef203bf6b614bc-cancelled','team',1,'{"announcement":{"id":"23ef203bf6b614bc-cancelled","kind":"cancelled","train":"amo","push":"2026.12.24","audience":{"to":"channel"},"subject":"","text":"","at":"2026-11-23T10:06:00.5Z","expires_at":"2026-11-24T10:06:00.5Z","rehearsal":false},"channel":"team","stage":{"is":"handed","at":"2026-11-23T10:06:01Z"},"tries":1,"unsure":false,"why":null}');
INSERT INTO delivery VALUES(2,'23ef203bf6b614bc-cancelled','mail',0,'{"announcement":{"id":"23ef203bf6b614bc-cancelled","kind":"cancelled","train":"amo","push":"2026.12.24","audience":{"to":"channel"},"subject":"amo: 2026.12.24 does not run","text":"By mat: holidays.","at":"2026-11-23T10:06:00.5Z","expires_at":"2026-11-24T10:06:00.5Z","rehearsal":false},"channel":"mail","stage":{"is":"waits"},"tries":5,"unsure":true,"why":"the disk of “told.jsonl” is full"}');
CREATE INDEX entry_by_stream ON entry (stream, seq);
CREATE INDEX delivery_on_its_way ON delivery (place) WHERE over = 0;
COMMIT;
PRAGMA user_version = 2;
