CREATE TABLE `coupon_issues` (
	`number` varchar(20) NOT NULL,
	`product_id` bigint unsigned NOT NULL,
	`partner_id` varchar(32) NOT NULL,
	`request_id` varchar(80) NOT NULL,
	`seq` varchar(3) NOT NULL,
	`issued_at` datetime(3) NOT NULL,
	CONSTRAINT `coupon_issues_number` PRIMARY KEY(`number`)
);
--> statement-breakpoint
CREATE TABLE `coupon_numbers` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`product_id` bigint unsigned NOT NULL,
	`number` varchar(20) NOT NULL,
	`status` varchar(8) NOT NULL,
	CONSTRAINT `coupon_numbers_id` PRIMARY KEY(`id`),
	CONSTRAINT `coupon_numbers_number` UNIQUE(`number`)
);
--> statement-breakpoint
CREATE TABLE `coupon_partners` (
	`id` varchar(32) NOT NULL,
	`key_hash` varchar(64) NOT NULL,
	`quota` int NOT NULL,
	`issued` int NOT NULL DEFAULT 0,
	CONSTRAINT `coupon_partners_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `coupon_products` (
	`id` bigint unsigned NOT NULL,
	`name` varchar(100) NOT NULL,
	`low_water` int NOT NULL DEFAULT 0,
	CONSTRAINT `coupon_products_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `coupon_redemptions` (
	`number` varchar(20) NOT NULL,
	`order_id` bigint unsigned NOT NULL,
	`redeemed_at` datetime(3) NOT NULL,
	CONSTRAINT `coupon_redemptions_number` PRIMARY KEY(`number`),
	CONSTRAINT `coupon_redemptions_order` UNIQUE(`order_id`)
);
--> statement-breakpoint
CREATE TABLE `coupon_requests` (
	`partner_id` varchar(32) NOT NULL,
	`request_id` varchar(80) NOT NULL,
	`product_id` bigint unsigned NOT NULL,
	`quantity` int NOT NULL,
	`status` varchar(8) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `coupon_requests_partner_id_request_id_pk` PRIMARY KEY(`partner_id`,`request_id`)
);
--> statement-breakpoint
CREATE INDEX `coupon_issues_request` ON `coupon_issues` (`partner_id`,`request_id`);--> statement-breakpoint
CREATE INDEX `coupon_issues_seq` ON `coupon_issues` (`product_id`,`seq`);--> statement-breakpoint
CREATE INDEX `coupon_issues_issued` ON `coupon_issues` (`issued_at`);--> statement-breakpoint
CREATE INDEX `coupon_numbers_free` ON `coupon_numbers` (`product_id`,`status`,`id`);