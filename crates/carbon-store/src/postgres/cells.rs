//! Values as PostgreSQL sends and takes them.

use std::error::Error as StdError;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use super::link::fault;
use crate::cell::{Cell, Row};
use crate::error::{Error, Result};

impl ToSql for Cell {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(value) if *ty == Type::FLOAT8 => (*value as f64).to_sql(ty, out),
            Self::Integer(value) if *ty == Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
            Self::Integer(value) => value.to_sql(ty, out),
            Self::Real(value) => value.to_sql(ty, out),
            Self::Bool(value) => value.to_sql(ty, out),
            Self::Text(value) => value.to_sql(ty, out),
            Self::Bytes(value) => value.to_sql(ty, out),
            Self::Id(value) => value.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        is_known(ty)
    }

    to_sql_checked!();
}

fn is_known(ty: &Type) -> bool {
    [
        Type::BOOL,
        Type::BYTEA,
        Type::FLOAT8,
        Type::INT4,
        Type::INT8,
        Type::TEXT,
        Type::UUID,
        Type::VARCHAR,
    ]
    .contains(ty)
}

/// A row in our own values.
pub(super) fn row(found: &tokio_postgres::Row) -> Result<Row> {
    (0..found.len()).map(|index| cell(found, index)).collect::<Result<Vec<Cell>>>().map(Row::new)
}

/// One value of a row.
pub(super) fn cell(row: &tokio_postgres::Row, index: usize) -> Result<Cell> {
    let ty = row.columns()[index].type_();
    Ok(match *ty {
        Type::BOOL => row.try_get::<_, Option<bool>>(index).map_err(fault)?.into(),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map_err(fault)?.into(),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(index).map_err(fault)?.into(),
        Type::INT4 => row.try_get::<_, Option<i32>>(index).map_err(fault)?.map(i64::from).into(),
        Type::INT8 => row.try_get::<_, Option<i64>>(index).map_err(fault)?.into(),
        Type::TEXT | Type::VARCHAR => {
            row.try_get::<_, Option<String>>(index).map_err(fault)?.into()
        }
        Type::UUID => row.try_get::<_, Option<Uuid>>(index).map_err(fault)?.into(),
        _ => return Err(Error::internal(format!("a column has the unexpected type {ty}"))),
    })
}
