"""Pure rules of talk: what may be posted, how text becomes HTML, how a message becomes a frame. No ORM, no clock."""
