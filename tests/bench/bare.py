"""What a write and a read cost at least: a FastAPI handler with one asyncpg statement, served as the platform serves.

Run as ``python -m tests.bench.bare PORT`` with the address of its database in BENCH_DATABASE.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from deploy.local.ports import LOOPBACK

DATABASE_SETTING = "BENCH_DATABASE"
# As many as the load has: none waits for a connection of the pool.
CONNECTIONS = 16
_TABLE = """
    CREATE TABLE IF NOT EXISTS employer (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE, name text NOT NULL
    )
"""
_INSERT = "INSERT INTO employer (code, name) VALUES ($1, $2) RETURNING number"
_READ = "SELECT number, code, name FROM employer WHERE number = $1"


class EmployerIn(BaseModel):
    """The body that is validated, as strictly as the platform's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    employer_code: Annotated[str, Field(pattern="^[A-Z][A-Z0-9]{8,11}$")]


class Registered(BaseModel):
    """The number of what was stored."""

    employer: int


class EmployerOut(BaseModel):
    """What is stored."""

    employer: int
    name: str
    employer_code: str


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ[DATABASE_SETTING], min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        await pool.execute(_TABLE)
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan)


@app.post("/employers", status_code=201)
async def register(body: EmployerIn) -> Registered:
    """One INSERT, committed by itself."""
    return Registered(employer=await app.state.pool.fetchval(_INSERT, body.employer_code, body.name))


@app.get("/employers/{number}")
async def read(number: int) -> EmployerOut:
    """One SELECT."""
    row = await app.state.pool.fetchrow(_READ, number)
    if row is None:
        raise HTTPException(404)
    return EmployerOut(employer=row["number"], name=row["name"], employer_code=row["code"])


if __name__ == "__main__":
    uvicorn.run(
        app, host=LOOPBACK, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_config=None
    )
