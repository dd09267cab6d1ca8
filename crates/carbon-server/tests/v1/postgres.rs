//! The same over PostgreSQL: one cluster and one test for all, since a cluster takes seconds.

use carbon_store::Store;
use carbon_testkit::postgres::Postgres;

use crate::lab::Lab;
use crate::{bulk, export, figures, lists, live, runs, tasks};

#[tokio::test]
async fn all_of_it_holds_over_postgresql() {
    let postgres = Postgres::start();
    let store = Store::open(&postgres.database()).await.unwrap();
    let lab = || Lab::over(store.clone());
    bulk::every_form_and_packing(lab().await).await;
    bulk::sent_again(lab().await).await;
    bulk::flaws_name_their_row(lab().await).await;
    figures::sums(lab().await).await;
    figures::bounds(lab().await).await;
    figures::series(lab().await).await;
    lists::rows(lab().await).await;
    lists::runs(lab().await).await;
    lists::experiments(lab().await).await;
    runs::detail(lab().await).await;
    tasks::tasks(lab().await).await;
    export::rows(lab().await, 5_100).await;
    export::levels(lab().await).await;
    live::told(lab().await).await;
    store.close().await;
}
